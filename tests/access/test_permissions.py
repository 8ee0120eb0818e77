import pytest

from access.permissions import BUILT_IN, PERMISSIONS, NotAllowed, Person, require


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_nobody_may_without_a_role(permission):
    with pytest.raises(NotAllowed, match="stranger may not do this"):
        require(Person("stranger", frozenset()), permission)
    require(BUILT_IN, permission)


def test_a_permission_that_is_not_in_the_table_is_a_mistake_in_the_code():
    with pytest.raises(KeyError):
        require(BUILT_IN, "evidence.destroy")
