"""Users, roles, keys and sessions; turns an identity into a permit, in one place."""
