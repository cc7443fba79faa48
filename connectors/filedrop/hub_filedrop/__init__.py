"""Partners that exchange files: whatever their mappings can read and write, by folder, SFTP and HTTP download."""
