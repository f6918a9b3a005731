"""How often one client may ask: a bucket of tokens that fills up again each minute."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict

# Clients that are remembered; the one not seen for longest is forgotten first.
MAX_CLIENTS = 10_000


def client_key(address: str) -> str:
    """The address that is counted: of IPv6 the network that one subscriber has, loopback as ''.

    >>> client_key("2001:db8::1"), client_key("10.0.0.7"), client_key("127.0.0.1")
    ('2001:db8::/64', '10.0.0.7', '')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.is_loopback:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Buckets:
    """One bucket for each client, full at first: `per_minute` tokens, and as many again each minute.

    Loopback is never counted: whoever is on this machine needs no limit, and the line bounds it anyhow.
    """

    def __init__(self, per_minute: int) -> None:
        self._size = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str, cost: float = 1.0) -> int:
        """0 where the client may go on, else the seconds until it may; `cost` in tokens."""
        key = client_key(address)
        if not key or not self._size:
            return 0
        now = time.monotonic()
        with self._lock:
            left, since = self._left.pop(key, (float(self._size), now))
            left = min(self._size, left + (now - since) * self._size / 60)
            fits = left >= cost
            self._left[key] = (left - cost if fits else left, now)
            if len(self._left) > MAX_CLIENTS:
                self._left.popitem(last=False)
        return 0 if fits else math.ceil((cost - left) * 60 / self._size)
