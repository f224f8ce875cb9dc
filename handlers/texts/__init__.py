"""Every word a person reads: one file a feature, functions that return whole cards and forms."""
