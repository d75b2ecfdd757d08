"""The doors people come in by: command line, chat, notebook display. All speak one event stream."""
