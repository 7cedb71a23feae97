"""The OneRoster provider: what other systems read of schools, classes and people.

``collections`` declares what is provided; everything else is derived from it: the
statements (``sql``), the filters (``grammar``), the shapes (``schemas``) and the
discovery documents (``discovery``).
"""
