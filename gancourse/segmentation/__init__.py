"""Segmenting real patients with what was learned on phantoms."""
