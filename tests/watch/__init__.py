"""Live sync."""
