"""Text of others, made safe for a terminal."""


def shown(free_text: str, keep: str = "") -> str:
    """Free text such as a name, with `?` for each control character, unless it is one to keep."""
    return "".join(char if char.isprintable() or char in keep else "?" for char in free_text)
