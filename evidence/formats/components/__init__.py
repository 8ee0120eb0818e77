"""Lists of the components of software, and statements on whether known vulnerabilities affect them."""
