"""Pages that need several subjects: homes, inbox, search, calendar, public notices."""
