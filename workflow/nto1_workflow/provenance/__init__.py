"""Who made which table and figure, when, where and from what."""
