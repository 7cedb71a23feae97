"""One shape for every registry: a named table that upper apps fill."""

from collections.abc import Iterator
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Registry(Generic[K, V]):
    """A table of entries by key; a key registered twice is a programming error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[K, V] = {}

    def register(self, key: K, value: V) -> V:
        """Enter ``value`` under ``key``; raise ValueError when the key is taken."""
        if key in self._entries:
            raise ValueError(f"{self.name}: {key!r} is registered twice")
        self._entries[key] = value
        return value

    def get(self, key: K) -> V:
        """Return the entry; raise KeyError naming the registry and the key."""
        try:
            return self._entries[key]
        except KeyError:
            raise KeyError(f"{self.name}: nothing registered for {key!r}") from None

    def find(self, key: K) -> V | None:
        """Return the entry or None."""
        return self._entries.get(key)

    def items(self) -> list[tuple[K, V]]:
        """Return all entries in the order of registration."""
        return list(self._entries.items())

    def values(self) -> list[V]:
        """Return all values in the order of registration."""
        return list(self._entries.values())

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
