"""Who may see what is for the staff: contradictions, evaluation, feedback."""

import asyncio
import hmac
import secrets
import time

COOKIE = "wengui_staff"
SESSION_SECONDS = 8 * 3600  # a working day
# After a wrong password nobody may try again for so long.
WAIT_SECONDS = 1.0


class Staff:
    """The door to what is for the staff; without a password it stands open.

    Sessions live in this process: a restart signs everybody out.
    """

    def __init__(self, password: str | None = None) -> None:
        self._password = password.encode() if password else None
        self._sessions: dict[str, float] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def locked(self) -> bool:
        """Whether a password is asked for."""
        return self._password is not None

    def admits(self, token: str | None) -> bool:
        """Whether the bearer of this token, if any, may come in."""
        if self._password is None:
            return True
        return self._sessions.get(token or "", 0.0) > time.monotonic()

    async def sign_in(self, password: str) -> str | None:
        """A new token for the right password, None (after a while) for a wrong one."""
        if self._password is None:
            return None
        async with self._one_at_a_time:
            if not hmac.compare_digest(password.encode(), self._password):
                await asyncio.sleep(WAIT_SECONDS)
                return None
        now = time.monotonic()
        self._sessions = {key: end for key, end in self._sessions.items() if end > now}
        token = secrets.token_urlsafe(32)
        self._sessions[token] = now + SESSION_SECONDS
        return token

    def sign_out(self, token: str | None) -> None:
        """Forget a token."""
        self._sessions.pop(token or "", None)
