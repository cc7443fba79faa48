"""The command line: one module per noun, each light to import (heavy imports stand inside the commands)."""
