"""The OneRoster provider: what other systems read of schools, classes and people.

``collections`` and ``people`` declare what is provided; all else is derived: the
statements (``statements``), the filters (``grammar``), the addresses (``urls``) and the
discovery documents (``discovery``).
"""
