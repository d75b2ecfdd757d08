"""Pictures of evidence: what a person looks at to see whether a citation holds."""
