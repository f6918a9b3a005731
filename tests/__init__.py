"""The tests of the project. What helps them says, like a test, which of its values was wrong."""

import pytest

pytest.register_assert_rewrite("tests.browsing")
