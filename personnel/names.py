"""Names of people as they are kept: without the blanks that pad them in tables."""

import re

HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
BETWEEN_HAN = re.compile(rf"(?<={HAN})\s+(?={HAN})")


def tidy_name(name: str) -> str:
    """Return the name with single blanks, and none between Chinese characters."""
    return BETWEEN_HAN.sub("", " ".join(name.split()))
