"""All registers of the corpus."""

from tests.registers.access_registers import ACCESS
from tests.registers.blind_sets import BLIND_TRIES
from tests.registers.company_set_1 import FIRST_TRIES
from tests.registers.company_set_2 import SECOND_TRIES
from tests.registers.company_set_3 import THIRD_TRIES
from tests.registers.company_sets_4_and_5 import FOURTH_TRIES
from tests.registers.hand_made_registers import HAND_MADE
from tests.registers.operations_registers import OPERATIONS
from tests.registers.other_headings import OTHERS
from tests.registers.people_registers import PEOPLE
from tests.registers.privacy_registers import PRIVACY
from tests.registers.product_exports import EXPORTS
from tests.registers.sheet import Register
from tests.registers.small_company_registers import SMALL_COMPANIES

TRIES = [*FIRST_TRIES, *SECOND_TRIES, *THIRD_TRIES, *FOURTH_TRIES, *BLIND_TRIES]
REGISTERS: list[Register] = [
    *ACCESS,
    *PEOPLE,
    *PRIVACY,
    *OPERATIONS,
    *OTHERS,
    *SMALL_COMPANIES,
    *EXPORTS,
    *TRIES,
    *HAND_MADE,
]
