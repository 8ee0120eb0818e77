"""The addresses of the dashboard's pages; at any other there is nothing."""

ADDRESSES = frozenset(
    {
        *("", "statement", "measures", "controls", "evidence", "upload", "setup", "people", "activity"),
        *("start", "measure", "policy", "control", "evidence-item", "login-attempts", "acceptance", "tokens", "status"),
        "account",
    }
)
