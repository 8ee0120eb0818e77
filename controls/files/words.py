"""Fixed values in catalogues, statements and scope, each with its label."""

from collections.abc import Mapping
from typing import Final

from locales import Text, text

#: the themes of controls (ISO/IEC 27002, 4.1) and the chapters of the requirement clauses
CONTROL_THEMES: Final[Mapping[str, Text]] = {
    "organizational": text("Organizational controls"),
    "people": text("People controls"),
    "physical": text("Physical controls"),
    "technological": text("Technological controls"),
}
CLAUSE_THEMES: Final[Mapping[str, Text]] = {
    "context": text("Context of the organization"),
    "leadership": text("Leadership"),
    "planning": text("Planning"),
    "support": text("Support"),
    "operation": text("Operation"),
    "evaluation": text("Performance evaluation"),
    "improvement": text("Improvement"),
}
THEMES: Final[Mapping[str, Text]] = {**CLAUSE_THEMES, **CONTROL_THEMES}

KINDS: Final[Mapping[str, Text]] = {"control": text("Control"), "clause": text("Requirement clause")}

#: what a healthcare edition adds to the control
HEALTHCARE: Final[Mapping[str, Text]] = {
    "none": text("Nothing added for healthcare"),
    "unknown": text("Addition for healthcare not known"),
    "guidance": text("Guidance for healthcare"),
    "requirement": text("Requirement for healthcare"),
    "hlt": text("For healthcare only (HLT)"),
}

#: what an auditor looks for
POINTS: Final[Mapping[str, Text]] = {
    "asks": text("Question"),
    "samples": text("Sample"),
    "fails": text("Common failure"),
}

#: the attributes of ISO/IEC 27002:2022
ATTRIBUTES: Final[Mapping[str, Text]] = {
    "type": text("Control type"),
    "properties": text("Information security properties"),
    "concepts": text("Cybersecurity concepts"),
    "capabilities": text("Operational capabilities"),
    "domains": text("Security domains"),
}
ATTRIBUTE_VALUES: Final[Mapping[str, Mapping[str, Text]]] = {
    "type": {
        "preventive": text("Preventive"),
        "detective": text("Detective"),
        "corrective": text("Corrective"),
    },
    "properties": {
        "confidentiality": text("Confidentiality"),
        "integrity": text("Integrity"),
        "availability": text("Availability"),
    },
    "concepts": {
        "identify": text("Identify"),
        "protect": text("Protect"),
        "detect": text("Detect"),
        "respond": text("Respond"),
        "recover": text("Recover"),
    },
    "capabilities": {
        "governance": text("Governance"),
        "asset_management": text("Asset management"),
        "information_protection": text("Information protection"),
        "human_resource_security": text("Human resource security"),
        "physical_security": text("Physical security"),
        "system_and_network_security": text("System and network security"),
        "application_security": text("Application security"),
        "secure_configuration": text("Secure configuration"),
        "identity_and_access_management": text("Identity and access management"),
        "threat_and_vulnerability_management": text("Threat and vulnerability management"),
        "continuity": text("Continuity"),
        "supplier_relationships_security": text("Supplier relationships security"),
        "legal_and_compliance": text("Legal and compliance"),
        "information_security_event_management": text("Information security event management"),
        "information_security_assurance": text("Information security assurance"),
    },
    "domains": {
        "governance_and_ecosystem": text("Governance and ecosystem"),
        "protection": text("Protection"),
        "defence": text("Defence"),
        "resilience": text("Resilience"),
    },
}

#: crosswalk: the first control is ... the second; `none` in the table says that the pair is no longer related
CROSSWALK_RELATIONS: Final[Mapping[str, Text]] = {
    "equal": text("equal to"),
    "superset": text("contains"),
    "subset": text("is contained in"),
    "intersects": text("overlaps with"),
}

#: mapping of a measure to a control
MAPPING_RELATIONS: Final[Mapping[str, Text]] = {"primary": text("Primary"), "supporting": text("Supporting")}

#: evidence requirements
EVIDENCE_KINDS: Final[Mapping[str, Text]] = {
    "test": text("Test result"),
    "register": text("Register"),
    "record": text("Record"),
}
SCOPES: Final[Mapping[str, Text]] = {
    "organisation": text("Organisation"),
    "system": text("Each system"),
    "target": text("Each target of each system"),
}
REVIEWS: Final[Mapping[str, Text]] = {
    "automatic": text("Accepted automatically"),
    "required": text("Reviewed by a person"),
}

#: attributes of a system; a requirement may apply only to systems with an attribute
SYSTEM_ATTRIBUTES: Final[Mapping[str, Text]] = {
    "has-end-users": text("Has end users"),
    "health-information": text("Holds personal health information"),
    "personal-data": text("Holds personal data"),
    "admits-minors": text("Admits minors"),
    "administered-over-ssh": text("Is administered over SSH"),
    "keeps-evidence": text("Keeps the evidence"),  # this product: its evidence is collected (evidence/collect)
}
