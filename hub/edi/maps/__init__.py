"""pyx12's map directory, generated from `hub.edi.spec`; nothing here is written by hand."""
