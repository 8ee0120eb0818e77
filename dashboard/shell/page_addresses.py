"""The addresses of the dashboard's pages; every other address is not found."""

ADDRESSES = frozenset(
    {
        *("", "statement", "measures", "controls", "evidence", "upload", "setup", "people", "activity"),
        *("start", "measure", "policy", "control", "evidence-item", "login-attempts", "acceptance", "tokens", "status"),
        "account",
    }
)
