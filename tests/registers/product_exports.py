"""Registers as products export them, with the headings of the product, and lists that companies keep beside these."""

from datetime import date

from tests.registers.other_headings import COMPARED
from tests.registers.sheet import Register, Violation, csv_file, xlsx

EXPORTS = [
    Register(
        "incidents of an issue tracker with fields of its own",
        "incident-register",
        """
        Summary | Issue key | Issue id | Issue Type | Status | Priority | Assignee | Created | Updated | Resolved | Custom field (Severity) | Custom field (Detected at) | Custom field (Affected customers) | Custom field (Customers notified at) | Custom field (Personal data involved) | Custom field (Personal data breach) | Custom field (GDPR role) | Custom field (Root cause) | Custom field (Lessons learned)
        Board empty after release | SEC-11 | 40011 | Incident | Done | Highest | p.v. | 2026-10-02 08:20 | 2026-10-09 08:00 | 2026-10-03 08:00 | High | 2026-10-02 08:05 | 2 | 2026-10-02 09:30 | No | No | | Missing index | Load test
        Wrong file in a message | SEC-12 | 40012 | Incident | Done | Medium | p.v. | 2026-10-20 10:20 | 2026-10-25 08:00 | 2026-10-22 08:00 | Medium | 2026-10-20 10:05 | 1 | 2026-10-20 16:30 | No | No | | Two files alike | Preview added
        """,
        Violation("SEC-12", {"Custom field (Customers notified at)": "2026-10-28 16:30"}),
        2,
        csv_file(),
        "issues.csv",
        first_day=date(2026, 10, 2),
    ),
    Register(
        "results of a scanner, with the name of the report above",
        "patch-register",
        """
        IP | DNS | QID | Title | Severity | CVE ID | First Detected | Last Detected | Patch Released | Date Last Fixed | Vuln Status
        192.0.2.11 | portal | 380001 | Memory of the mail library | Critical | CVE-2026-40001 | 10/02/2026 | 11/19/2026 | 10/01/2026 | 10/03/2026 | Fixed
        192.0.2.12 | planner | 380002 | Privileges in the database | High | CVE-2026-40002 | 10/11/2026 | 11/19/2026 | 10/10/2026 | 10/17/2026 | Fixed
        """,
        Violation("CVE-2026-40001", {"Date Last Fixed": "10/29/2026"}),
        2,
        csv_file(above=[["Vulnerability report", "Blauwhuis", "11/20/2026 at 08:00"], []]),
        "scan.csv",
        first_day=date(2026, 10, 1),
    ),
    Register(
        "results of an access review of a directory",
        "access-review",
        """
        User | User principal name | Employee ID | Account type | Is admin | Role | Recommendation | Outcome | Reason | Reviewed by | Reviewed date | Applied by | Applied date
        Anna Bos | anna@blauwhuis.example | 1001 | Personal | False | Nurse | Approve | Approved | Care in team A | els@blauwhuis.example | 2026-11-10 | |
        Bram Vos | bram@blauwhuis.example | 1002 | Personal | False | Planner | Deny | Denied | Left the team | els@blauwhuis.example | 2026-11-10 | System | 2026-11-11
        Kees Dam | kees@blauwhuis.example | 1003 | Personal | True | Administrator | Approve | Approved | Runs the application | els@blauwhuis.example | 2026-11-10 | |
        """,
        Violation("bram@blauwhuis.example", {"Applied date": "", "Applied by": ""}, named="row 3"),
        3,
        csv_file(encoding="utf-8-sig"),
        "results.csv",
        ("portal",),
    ),
    Register(
        "items of a certification campaign",
        "access-review",
        """
        campaign.id | campaign.name | reviewItem.principalUserFullName | reviewItem.principalUserId | reviewItem.principalUserEmail | reviewItem.entitlementName | reviewItem.reviewerFullName | reviewItem.reviewerEmail | reviewItem.reviewerId | reviewItem.decision | reviewItem.decidedDate | reviewItem.justification | reviewItem.remediatedDate | user.type | user.privileged
        c-1 | Autumn | Anna Bos | u-1 | anna@blauwhuis.example | Nurse | Els Prins | els@blauwhuis.example | u-9 | APPROVE | 2026-11-10T08:00:00Z | Team A | | Service | FALSE
        c-1 | Autumn | Bram Vos | u-2 | bram@blauwhuis.example | Planner | Els Prins | els@blauwhuis.example | u-9 | REVOKE | 2026-11-10T08:00:00Z | Left | 2026-11-11T08:00:00Z | Service | FALSE
        """,
        Violation("u-2", {"reviewItem.remediatedDate": ""}),
        2,
        csv_file(),
        "campaign.csv",
        ("portal",),
    ),
    Register(
        "enrolments of a learning platform beside columns of personnel",
        "training-register",
        """
        Email | First Name | Last Name | Employee Number | Employee Start Date | Employee Type | Campaign Name | Content | Enrollment Date (UTC) | Start Date (UTC) | Completion Date (UTC) | Status | Policy Acknowledged
        anna@blauwhuis.example | Anna | Bos | 1001 | 2022-02-01 | Employee | 2026 | Security awareness | 2026-03-01 07:00 | 2026-03-02 07:00 | 2026-03-04 08:00 | Passed | N/A
        bram@blauwhuis.example | Bram | Vos | 1002 | 2024-04-01 | Contractor | 2026 | Security awareness | 2026-03-01 07:00 | 2026-03-02 07:00 | 2026-03-05 08:00 | Passed | N/A
        """,
        Violation("1002", {"Completion Date (UTC)": "2025-03-05 08:00"}),
        2,
        csv_file(),
        "training.csv",
    ),
    Register(
        "a list of a portal with the rules of conduct",
        "acceptable-use",
        """
        Title | Staff number | First working day | Last working day | Code of conduct accepted | Modified | Modified By | Item Type | Path
        C-1 | 1001 | 01/02/2022 | | 28/01/2022 | 03/03/2026 10:02 | HR | Item | sites/hr
        C-2 | 1002 | 01/04/2024 | 31/10/2026 | 27/03/2024 | 03/03/2026 10:02 | HR | Item | sites/hr
        C-3 | 1003 | 01/09/2026 | | 31/08/2026 | 02/09/2026 10:02 | HR | Item | sites/hr
        """,
        Violation("1003", {"Code of conduct accepted": ""}),
        3,
        csv_file(encoding="utf-8-sig"),
        "conduct.csv",
    ),
    Register(
        "secrecy in a sheet with first and last days",
        "confidentiality-register",
        """
        Staff no | Name | Employment type | Kind of NDA | NDA signed | First day | Last day | Survives termination? | Filed under
        1001 | A. Bos | Employee | Contract | 2022-01-20 | 2022-02-01 | | Yes | HR-1
        1002 | B. Vos | Contractor | Agreement | 2024-03-20 | 2024-04-01 | 2026-10-31 | Yes | HR-2
        1003 | M. Pol | Intern | Agreement | 2026-08-29 | 2026-09-01 | | Yes | HR-3
        """,
        Violation("1003", {"NDA signed": "2026-09-14"}),
        3,
        xlsx(sheet="NDA"),
        accepted=COMPARED["confidentiality-register"],
    ),
    Register(
        "receipts of a consent platform",
        "consent-register",
        """
        Receipt ID | Data Subject Identifier | Collection Point | System | Purpose Name | Purpose Version | Consent Date | Processing Started | Withdrawal Date | Withdrawal Processed | Transaction Status
        R-1 | s-901 | Registration | portal | Newsletter | v2 | 2026-05-04T09:00:00Z | 2026-05-04T09:05:00Z | | | ACTIVE
        R-2 | s-902 | Registration | portal | Research | v1 | 2026-06-01T09:00:00Z | 2026-06-02T09:05:00Z | 2026-10-05T09:00:00Z | 2026-10-06T09:00:00Z | WITHDRAWN
        R-3 | s-903 | Registration | portal | Research | v1 | 2026-09-01T09:00:00Z | 2026-09-03T09:05:00Z | | | ACTIVE
        """,
        Violation("R-3", {"Processing Started": "2026-08-28T09:05:00Z"}),
        3,
        csv_file(),
        "receipts.csv",
    ),
    Register(
        "consent of parents with forms on paper",
        "minors-consent-register",
        """
        Product | Account | Consent form no. | Consent given by | In writing? | Date of consent | Account active from | Verified by means of | Collected by | Consent withdrawn | Processing stopped
        portal | p-1 | F-1 | Parent | Yes | 2026-02-02 | 2026-02-03 | copy seen at school | Customer | |
        portal | p-2 | F-2 | Legal representative | Yes | 2026-05-11 | 2026-05-12 | court paper seen | Customer | 2026-10-01 | 2026-10-02
        """,
        Violation("p-1", {"In writing?": "No"}),
        2,
        xlsx(),
        systems=("portal",),
    ),
    Register(
        "suppliers of a compliance platform",
        "supplier-risk",
        """
        Vendor name | Website | Category | Services provided | Inherent risk | Residual risk | Owner | Last security review completed | Next review due | Status
        Wolkenhuis | https://w.example | Infrastructure | Hosting | High | Low | Kees | 2026-08-12T10:00:00Z | 2027-08-12T10:00:00Z | Managed
        Briefpost | https://b.example | Mail | Letters | Medium | Low | Kees | 2026-08-22T10:00:00Z | 2027-08-22T10:00:00Z | Managed
        """,
        Violation("Briefpost", {"Last security review completed": "2025-03-31T10:00:00Z"}),
        2,
        csv_file(),
        "vendors.csv",
    ),
    Register(
        "companies of a sales system with their agreements",
        "customer-agreement-register",
        """
        Record ID | Company name | Products | Company owner | DPA number | DPA signed date | Go-live date | Lifecycle Stage | Last Activity Date
        20411 | Praktijk Noord | portal;planner | Iris | C-1 | 2025-07-08 | 2025-07-28 | Customer | 2026-11-17 10:00
        20412 | Kliniek Zuid | desk | Iris | C-2 | 2026-01-24 | 2026-02-03 | Customer | 2026-11-15 10:00
        """,
        Violation("20412", {"DPA signed date": "2026-02-20"}),
        2,
        csv_file(),
        "companies.csv",
    ),
    Register(
        "rights in a table of a wiki",
        "approved-access-matrix",
        """
        Application | User role | Screen | Permission | Scope | Allowed? | Approved by | Approval date
        portal | nurse | record | Read | own | Yes | P-9 | 11 Oct 2026
        portal | nurse | record | Delete | own | No | P-9 | 11 Oct 2026
        portal | planner | record | Read | own | No | P-9 | 11 Oct 2026
        portal | planner | record | Delete | own | No | P-9 | 11 Oct 2026
        """,
        Violation("planner", {"Approved by": ""}, named="row 4"),
        4,
        csv_file(mark="\t"),
        "rights.tsv",
        ("portal",),
    ),
    Register(
        "coverage of two-factor by group in English",
        "two-factor-coverage",
        """
        System | User group | Users | Human users? | Access to health data | Primary sign-in | MFA method | MFA enforced | Users with MFA | IdP evidence
        portal | Nurses | 120 | Yes | Yes | Password | TOTP | Yes | 120 |
        portal | Support | 8 | Yes | Yes | SSO | Passkey | Yes | 8 |
        portal | API clients | 3 | No | Yes | Password | None | No | 0 |
        """,
        Violation("Support", {"MFA enforced": "No", "Users with MFA": "7"}),
        131,
        xlsx(),
        systems=("portal",),
    ),
]
