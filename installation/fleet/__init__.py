"""All rooms of a broker together, for whoever keeps them: ``chiaro house`` with its pages, alarms and reports."""
