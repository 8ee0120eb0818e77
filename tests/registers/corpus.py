"""All registers of the corpus."""

from tests.registers.of_access import ACCESS
from tests.registers.of_blind_tries import BLIND_TRIES
from tests.registers.of_exports import EXPORTS
from tests.registers.of_first_tries import FIRST_TRIES
from tests.registers.of_fourth_tries import FOURTH_TRIES
from tests.registers.of_hand_made import HAND_MADE
from tests.registers.of_operations import OPERATIONS
from tests.registers.of_others import OTHERS
from tests.registers.of_people import PEOPLE
from tests.registers.of_privacy import PRIVACY
from tests.registers.of_second_tries import SECOND_TRIES
from tests.registers.of_small_companies import SMALL_COMPANIES
from tests.registers.of_third_tries import THIRD_TRIES
from tests.registers.sheet import Register

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
