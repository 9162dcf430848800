"""From the text of one abstract to its claims: numbers, tags, links."""
