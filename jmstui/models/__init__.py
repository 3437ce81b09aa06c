"""What JumpServer holds, as typed records. Fields are optional where some version or role leaves them out."""
