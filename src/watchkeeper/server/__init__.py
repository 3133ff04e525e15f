"""The processes: console, plane and worker, assembled and supervised; their API and pages."""
