"""Users, role grants, the role table and data-protection records."""
