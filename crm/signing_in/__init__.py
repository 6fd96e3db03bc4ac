"""Signing in: who enters, how they prove it, what they must prove again, and how it ends. docs/sign-in.md says it plainly."""
