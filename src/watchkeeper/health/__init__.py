"""Is a deployment running: loaded, answering, and what went wrong last. And what do the processes consume?"""
