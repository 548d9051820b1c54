"""The files, one module a platform: headers, quirks and masks as in the real exports."""
