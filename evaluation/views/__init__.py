"""Pages of appraisal."""
