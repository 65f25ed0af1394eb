"""The people this is for: who they are, who may see them, and who has looked."""
