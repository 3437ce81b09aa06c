"""What JumpServer holds, as typed records. Every optional field is one that some version or role leaves out."""
