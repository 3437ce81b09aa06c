"""What jmstui asks JumpServer, one module a noun; `reads` is the table of all that may be asked."""
