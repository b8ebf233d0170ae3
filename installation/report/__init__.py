"""The morning after: figures of the evenings, from the journal alone."""
