"""Several screens in step: what the leader tells, clocks compared over UDP, followers and further windows."""
