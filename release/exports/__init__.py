"""Exports: the rows of a verified release in the formats of other loaders."""

from release.exports.export import EXPORT_FILE, ExportFormat, export_folder, export_release

__all__ = ["EXPORT_FILE", "ExportFormat", "export_folder", "export_release"]
