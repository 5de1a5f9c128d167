"""Client library of Behest. Start with `Client`."""

from . import api
from .client import Client
from .errors import BehestError
from .files import Files
from .inbox import MemorySeen, SeenStore
from .outbox import OutboxStore, StoredRequest
from .pushes import Pushes
from .reconnector import State
from .session import KeptSession, Session, SessionFile, SessionStore, login
from .stores import FileStore

__all__ = [
    "BehestError",
    "Client",
    "FileStore",
    "Files",
    "KeptSession",
    "MemorySeen",
    "OutboxStore",
    "Pushes",
    "SeenStore",
    "Session",
    "SessionFile",
    "SessionStore",
    "State",
    "StoredRequest",
    "api",
    "login",
]
