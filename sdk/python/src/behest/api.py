# Made by `deno task docs` from the AsyncAPI document of the server. Do not edit.
"""Types of the socket, and a coroutine for each of its methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack, cast


class AnswerTotalsQuestionsOptions(TypedDict):
    id: str
    label: NotRequired[str]
    count: int


class AnswerTotalsQuestions(TypedDict):
    field: NotRequired[str]
    label: NotRequired[str]
    options: list[AnswerTotalsQuestionsOptions]


class AnswerTotals(TypedDict):
    answers: int
    questions: list[AnswerTotalsQuestions]


class Attachment(TypedDict):
    fileId: str
    sha256: str
    name: str
    size: float
    type: str


class AudienceCounts(TypedDict):
    matched: Count
    online: NotRequired[Count]
    offline: NotRequired[Count]
    excluded: dict[str, Count]


class Category(TypedDict):
    slug: str
    title: str
    description: str


ChatMessageReactions = TypedDict(
    "ChatMessageReactions",
    {
        "id": "str",
        "from": "str",
        "reaction": "Literal[\"👍\", \"❤️\", \"😂\", \"😮\", \"😢\", \"🙏\"]",
    },
)


ChatMessage = TypedDict(
    "ChatMessage",
    {
        "id": "str",
        "from": "Sender",
        "to": "str",
        "thread": "str | None",
        "body": "str",
        "attachments": "list[Attachment]",
        "createdAt": "str",
        "retractedAt": "str | None",
        "state": "NotRequired[Literal[\"checking\", \"rejected\"]]",
        "sealed": "NotRequired[Literal[True]]",
        "about": "NotRequired[str]",
        "reaction": "NotRequired[Literal[\"👍\", \"❤️\", \"😂\", \"😮\", \"😢\", \"🙏\"]]",
        "reactions": "NotRequired[list[ChatMessageReactions]]",
    },
)


class ChoiceDataOptions(TypedDict):
    id: str
    label: str


class ChoiceData(TypedDict):
    options: list[ChoiceDataOptions]
    multiple: NotRequired[bool]


class CommandAudience(TypedDict):
    kind: Literal["user", "group", "category", "all"]
    name: NotRequired[str]


Command = TypedDict(
    "Command",
    {
        "id": "str",
        "kind": "str",
        "title": "str | None",
        "body": "str | None",
        "data": "dict[str, Any] | None",
        "categories": "list[str]",
        "attachments": "list[Attachment]",
        "from": "Sender",
        "audience": "CommandAudience",
        "createdAt": "str",
        "deliverAt": "str | None",
        "dueAt": "str | None",
        "expiresAt": "str",
        "requires": "Literal[\"none\", \"confirmation\", \"proof\", \"review\"]",
    },
)


class CommandPage(TypedDict):
    items: list[ListItem]
    next: str | None

CommandState: TypeAlias = "Literal[\"scheduled\", \"queued\", \"delivered\", \"seen\", \"accepted\", \"submitted\", \"completed\", \"deferred\", \"declined\", \"returned\", \"failed\", \"expired\", \"cancelled\", \"stopped\"]"

Count: TypeAlias = "int | Literal[\"<5\"]"


class Delivery(TypedDict):
    cursor: str
    command: SealedCommand | Command
    state: CommandState


class File(TypedDict):
    id: str
    sha256: str
    name: str
    size: int
    type: str
    state: Literal["scanning", "clean", "rejected", "held"]
    createdAt: str
    expiresAt: str


class FormDataFields1(TypedDict):
    id: str
    label: str
    required: NotRequired[bool]
    type: Literal["text"]


class FormDataFields2(TypedDict):
    id: str
    label: str
    required: NotRequired[bool]
    type: Literal["long"]


class FormDataFields3(TypedDict):
    id: str
    label: str
    required: NotRequired[bool]
    type: Literal["number"]


class FormDataFields4(TypedDict):
    id: str
    label: str
    required: NotRequired[bool]
    type: Literal["yesno"]


class FormDataFields5(TypedDict):
    id: str
    label: str
    required: NotRequired[bool]
    type: Literal["date"]


class FormDataFields6Options(TypedDict):
    id: str
    label: str


class FormDataFields6(TypedDict):
    id: str
    label: str
    required: NotRequired[bool]
    type: Literal["choice"]
    options: list[FormDataFields6Options]


class FormData(TypedDict):
    fields: list[FormDataFields1 | FormDataFields2 | FormDataFields3 | FormDataFields4 | FormDataFields5 | FormDataFields6]


class GivenAnswer1(TypedDict):
    options: list[str]


class GivenAnswer2(TypedDict):
    fields: dict[str, str | float | bool]


class GivenAnswer3(TypedDict):
    startedAt: str
    endedAt: str

GivenAnswer: TypeAlias = "GivenAnswer1 | GivenAnswer2 | GivenAnswer3"


class GrantTo1(TypedDict):
    user: str


class GrantTo2(TypedDict):
    group: str


GrantHours = TypedDict(
    "GrantHours",
    {
        "days": "NotRequired[list[Literal[\"mo\", \"tu\", \"we\", \"th\", \"fr\", \"sa\", \"su\"]]]",
        "from": "str",
        "to": "str",
    },
)


class Grant(TypedDict):
    id: str
    to: GrantTo1 | GrantTo2
    accept: NotRequired[Literal[True]]
    categories: NotRequired[dict[str, Literal["allow", "ask", "block"]]]
    kinds: NotRequired[list[str]]
    hours: NotRequired[list[GrantHours]]
    perDay: NotRequired[float]
    open: NotRequired[float]
    paused: NotRequired[Literal[True]]
    shown: NotRequired[Literal[True]]
    since: str
    until: str | None


class ListItem(TypedDict):
    command: SealedCommand | Command
    state: NotRequired[OwnState]
    totals: NotRequired[Totals]
    recipients: NotRequired[list[RecipientState]]


class Notice1By(TypedDict):
    username: str
    displayName: str


class Notice1(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["command_accepted"]
    command: str
    title: str | None
    by: Notice1By
    others: int


class Notice2By(TypedDict):
    username: str
    displayName: str


class Notice2(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["command_declined"]
    command: str
    title: str | None
    by: Notice2By
    others: int


class Notice3By(TypedDict):
    username: str
    displayName: str


class Notice3(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["command_submitted"]
    command: str
    title: str | None
    by: Notice3By
    others: int


class Notice4By(TypedDict):
    username: str
    displayName: str


class Notice4(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["command_completed"]
    command: str
    title: str | None
    by: Notice4By
    others: int


class Notice5By(TypedDict):
    username: str
    displayName: str


class Notice5(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["command_approved"]
    command: str
    title: str | None
    by: Notice5By


class Notice6By(TypedDict):
    username: str
    displayName: str


class Notice6(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["command_returned"]
    command: str
    title: str | None
    by: Notice6By


class Notice7By(TypedDict):
    username: str
    displayName: str


class Notice7(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["contact_requested"]
    by: Notice7By


class Notice8By(TypedDict):
    username: str
    displayName: str


class Notice8(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["contact_accepted"]
    by: Notice8By


class Notice9(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["group_invited"]
    group: str
    title: str


class Notice10(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["sanction_imposed"]
    sanction: str


class Notice11(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["sanction_lifted"]
    sanction: str


class Notice12(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["report_decided"]
    report: str
    outcome: Literal["acted", "fine"]


class Notice13(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["appeal_decided"]
    sanction: str
    outcome: Literal["upheld", "lifted"]


class Notice14(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["file_rejected"]
    file: str
    name: str


class Notice15(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["login_link"]


class Notice16(TypedDict):
    id: str
    at: str
    read: bool
    kind: Literal["login_link_used"]

Notice: TypeAlias = "Notice1 | Notice2 | Notice3 | Notice4 | Notice5 | Notice6 | Notice7 | Notice8 | Notice9 | Notice10 | Notice11 | Notice12 | Notice13 | Notice14 | Notice15 | Notice16"


class OwnSanctionAppeal(TypedDict):
    state: Literal["open", "refused"]
    reason: str | None


class OwnSanction(TypedDict):
    id: str
    kind: Literal["warn", "mute", "limit", "suspend"]
    reason: str
    until: str | None
    createdAt: str
    appeal: NotRequired[OwnSanctionAppeal]


class OwnStateReview(TypedDict):
    accept: bool
    note: str | None
    at: str


class OwnState(TypedDict):
    state: CommandState
    updatedAt: str
    until: str | None
    note: str | None
    proof: NotRequired[list[Attachment]]
    answer: NotRequired[GivenAnswer]
    startedAt: NotRequired[str]
    review: NotRequired[OwnStateReview]
    allowedBy: str | None
    undoUntil: NotRequired[str]


PreferencesQuietHours = TypedDict(
    "PreferencesQuietHours",
    {
        "days": "NotRequired[list[Literal[\"mo\", \"tu\", \"we\", \"th\", \"fr\", \"sa\", \"su\"]]]",
        "from": "str",
        "to": "str",
    },
)


class PreferencesLimits(TypedDict):
    kinds: NotRequired[list[str] | None]
    open: NotRequired[int | None]
    perDay: NotRequired[int | None]


class Preferences(TypedDict):
    categories: dict[str, Literal["allow", "ask", "block"]]
    acceptFrom: Literal["anyone", "groups", "contacts", "nobody"]
    broadcasts: bool
    blockedUsers: list[str]
    quietHours: list[PreferencesQuietHours] | None
    dailyLimit: int | None
    shareLimits: bool
    shareOnline: NotRequired[bool]
    shareRead: NotRequired[bool]
    shareWriting: NotRequired[bool]
    limits: NotRequired[PreferencesLimits | None]


class RecipientStateReview(TypedDict):
    accept: bool
    note: str | None
    at: str


class RecipientState(TypedDict):
    username: str
    displayName: str
    state: CommandState
    updatedAt: str
    note: str | None
    proof: list[Attachment]
    answer: NotRequired[GivenAnswer]
    startedAt: NotRequired[str]
    review: NotRequired[RecipientStateReview]


SealedCommand = TypedDict(
    "SealedCommand",
    {
        "id": "str",
        "sealed": "Literal[True]",
        "from": "Sender",
        "categories": "list[str]",
        "createdAt": "str",
        "deliverAt": "str | None",
        "dueAt": "str | None",
        "expiresAt": "str",
    },
)


class Sender(TypedDict):
    id: str
    username: str
    displayName: str


class TimerData(TypedDict):
    seconds: int

Totals: TypeAlias = "dict[str, int]"


class UserRights(TypedDict):
    broadcast: bool


class User(TypedDict):
    id: str
    username: str
    displayName: str
    role: Literal["member", "moderator", "admin"]
    rights: UserRights
    createdAt: str


class HeartbeatResult(TypedDict):
    serverTime: str


class InboxAckResult(TypedDict):
    cursor: str


class InboxAckParams(TypedDict):
    cursor: str


class InboxListParams(TypedDict):
    state: NotRequired[Literal["scheduled", "queued", "delivered", "seen", "accepted", "submitted", "completed", "deferred", "declined", "returned", "failed", "expired", "cancelled", "stopped"]]
    category: NotRequired[str]
    before: NotRequired[str]
    limit: NotRequired[int]
    view: NotRequired[Literal["all", "today", "overdue", "later", "sealed", "done"]]
    kind: NotRequired[str]
    from_: NotRequired[str]
    q: NotRequired[str]
    since: NotRequired[str]
    sort: NotRequired[Literal["due", "new"]]
    open: NotRequired[Literal[True]]


class InboxCountsResultHeld(TypedDict):
    count: float
    until: str | None


class InboxCountsResult(TypedDict):
    all: float
    today: float
    overdue: float
    later: float
    sealed: float
    unseen: float
    review: float
    held: InboxCountsResultHeld


class InboxUpdateResultResultsError(TypedDict):
    kind: str
    message: str


class InboxUpdateResultResults(TypedDict):
    id: str
    state: NotRequired[OwnState]
    command: NotRequired[SealedCommand | Command]
    error: NotRequired[InboxUpdateResultResultsError]


class InboxUpdateResult(TypedDict):
    results: list[InboxUpdateResultResults]


class InboxUpdateParams(TypedDict):
    ids: list[str]
    state: Literal["scheduled", "queued", "delivered", "seen", "accepted", "submitted", "completed", "deferred", "declined", "returned", "failed", "expired", "cancelled", "stopped"]
    note: NotRequired[str | None]
    until: NotRequired[str | None]


class InboxUndoResultResultsError(TypedDict):
    kind: str
    message: str


class InboxUndoResultResults(TypedDict):
    id: str
    state: NotRequired[OwnState]
    command: NotRequired[SealedCommand | Command]
    error: NotRequired[InboxUndoResultResultsError]


class InboxUndoResult(TypedDict):
    results: list[InboxUndoResultResults]


class InboxUndoParams(TypedDict):
    ids: list[str]


class CommandSendResult(TypedDict):
    command: Command
    audience: AudienceCounts


class CommandSendParamsAudience1(TypedDict):
    kind: Literal["user"]
    to: list[str]


class CommandSendParamsAudience2(TypedDict):
    kind: Literal["group"]
    group: str


class CommandSendParamsAudience3(TypedDict):
    kind: Literal["category"]
    category: str


class CommandSendParamsAudience4(TypedDict):
    kind: Literal["all"]


class CommandSendParams(TypedDict):
    key: NotRequired[str]
    audience: CommandSendParamsAudience1 | CommandSendParamsAudience2 | CommandSendParamsAudience3 | CommandSendParamsAudience4
    kind: str
    title: NotRequired[str]
    body: NotRequired[str]
    data: NotRequired[Any]
    categories: NotRequired[list[str]]
    attachments: NotRequired[list[str]]
    deliverAt: NotRequired[str | None]
    dueAt: NotRequired[str | None]
    expiresAt: NotRequired[str | None]
    requires: NotRequired[Literal["none", "confirmation", "proof", "review"]]


class CommandPreviewParamsAudience1(TypedDict):
    kind: Literal["user"]
    to: list[str]


class CommandPreviewParamsAudience2(TypedDict):
    kind: Literal["group"]
    group: str


class CommandPreviewParamsAudience3(TypedDict):
    kind: Literal["category"]
    category: str


class CommandPreviewParamsAudience4(TypedDict):
    kind: Literal["all"]


class CommandPreviewParams(TypedDict):
    key: NotRequired[str]
    audience: CommandPreviewParamsAudience1 | CommandPreviewParamsAudience2 | CommandPreviewParamsAudience3 | CommandPreviewParamsAudience4
    kind: str
    title: NotRequired[str]
    body: NotRequired[str]
    data: NotRequired[Any]
    categories: NotRequired[list[str]]
    attachments: NotRequired[list[str]]
    deliverAt: NotRequired[str | None]
    dueAt: NotRequired[str | None]
    expiresAt: NotRequired[str | None]
    requires: NotRequired[Literal["none", "confirmation", "proof", "review"]]


class CommandListParams(TypedDict):
    box: Literal["inbox", "outbox"]
    state: NotRequired[Literal["scheduled", "queued", "delivered", "seen", "accepted", "submitted", "completed", "deferred", "declined", "returned", "failed", "expired", "cancelled", "stopped"]]
    category: NotRequired[str]
    before: NotRequired[str]
    limit: NotRequired[int]
    view: NotRequired[Literal["all", "today", "overdue", "later", "sealed", "done", "review"]]
    kind: NotRequired[str]
    from_: NotRequired[str]
    q: NotRequired[str]
    since: NotRequired[str]
    sort: NotRequired[Literal["due", "new"]]
    to: NotRequired[str]


class CommandGetResultTimeline(TypedDict):
    at: str
    state: CommandState
    who: NotRequired[str]
    recipient: NotRequired[str]
    note: NotRequired[str]
    proof: NotRequired[list[Attachment]]
    edited: NotRequired[Literal[True]]


class CommandGetResult(TypedDict):
    command: SealedCommand | Command
    state: NotRequired[OwnState]
    totals: NotRequired[Totals]
    answers: NotRequired[AnswerTotals]
    recipients: NotRequired[list[RecipientState]]
    timeline: list[CommandGetResultTimeline]


class CommandGetParams(TypedDict):
    id: str


class CommandUpdateResult(TypedDict):
    command: SealedCommand | Command
    state: OwnState


class CommandUpdateParams(TypedDict):
    id: str
    state: Literal["scheduled", "queued", "delivered", "seen", "accepted", "submitted", "completed", "deferred", "declined", "returned", "failed", "expired", "cancelled", "stopped"]
    note: NotRequired[str | None]
    proof: NotRequired[list[str]]
    answer: NotRequired[str | list[str] | dict[str, str | float | bool]]
    until: NotRequired[str | None]


class CommandReviewResult(TypedDict):
    recipient: RecipientState


class CommandReviewParams(TypedDict):
    id: str
    recipient: str
    accept: bool
    note: NotRequired[str | None]


class CommandEditResult(TypedDict):
    command: Command
    audience: AudienceCounts


class CommandEditParams(TypedDict):
    id: str
    kind: NotRequired[str]
    title: NotRequired[str | None]
    body: NotRequired[str | None]
    data: NotRequired[Any | None]
    categories: NotRequired[list[str]]
    attachments: NotRequired[list[str]]
    deliverAt: NotRequired[str | None]
    dueAt: NotRequired[str | None]
    expiresAt: NotRequired[str | None]
    requires: NotRequired[Literal["none", "confirmation", "proof", "review"]]


class CommandUndoResult(TypedDict):
    id: str
    totals: Totals


class CommandUndoParams(TypedDict):
    id: str


class CommandCancelResult(TypedDict):
    id: str
    totals: Totals


class CommandCancelParams(TypedDict):
    id: str


class ChatSendResult(TypedDict):
    message: ChatMessage


class ChatSendParams(TypedDict):
    key: NotRequired[str]
    to: NotRequired[str]
    thread: NotRequired[str]
    body: NotRequired[str]
    attachments: NotRequired[list[str]]
    about: NotRequired[str]
    reaction: NotRequired[Literal["👍", "❤️", "😂", "😮", "😢", "🙏"]]


class ChatListResultWith(TypedDict):
    username: str
    displayName: str


class ChatListResultHeld(TypedDict):
    until: str | None


ChatListResult = TypedDict(
    "ChatListResult",
    {
        "with": "ChatListResultWith",
        "thread": "str | None",
        "messages": "list[ChatMessage]",
        "next": "str | None",
        "quoted": "NotRequired[list[ChatMessage]]",
        "readUpTo": "str | None",
        "theirReadUpTo": "NotRequired[str]",
        "held": "NotRequired[ChatListResultHeld]",
        "notify": "NotRequired[Literal[\"all\", \"mentions\", \"none\"]]",
    },
)


class ChatListParams(TypedDict):
    with_: NotRequired[str]
    thread: NotRequired[str]
    before: NotRequired[str]
    limit: NotRequired[int]


class ChatCountsResult(TypedDict):
    unread: int


class ChatNotifyResult(TypedDict):
    notify: Literal["all", "mentions", "none"] | None


class ChatNotifyParams(TypedDict):
    with_: NotRequired[str]
    thread: NotRequired[str]
    notify: Literal["all", "mentions", "none"] | None


class ChatSearchResult(TypedDict):
    messages: list[ChatMessage]
    next: str | None


class ChatSearchParams(TypedDict):
    with_: NotRequired[str]
    thread: NotRequired[str]
    q: str
    before: NotRequired[str]
    limit: NotRequired[int]


class ChatTalksResultTalksWith(TypedDict):
    username: str
    displayName: str


ChatTalksResultTalks = TypedDict(
    "ChatTalksResultTalks",
    {
        "with": "ChatTalksResultTalksWith",
        "thread": "str | None",
        "title": "str | None",
        "last": "ChatMessage",
        "unread": "int",
    },
)


class ChatTalksResult(TypedDict):
    talks: list[ChatTalksResultTalks]
    unread: int


class ChatReadResult(TypedDict):
    readUpTo: str


class ChatReadParams(TypedDict):
    with_: NotRequired[str]
    thread: NotRequired[str]
    upTo: str


class ChatRetractResult(TypedDict):
    message: ChatMessage


class ChatRetractParams(TypedDict):
    id: str


class ChatWritingParams(TypedDict):
    with_: NotRequired[str]
    thread: NotRequired[str]


PreferencesSetParamsQuietHours1 = TypedDict(
    "PreferencesSetParamsQuietHours1",
    {
        "days": "NotRequired[list[Literal[\"mo\", \"tu\", \"we\", \"th\", \"fr\", \"sa\", \"su\"]]]",
        "from": "str",
        "to": "str",
    },
)


PreferencesSetParamsQuietHours2 = TypedDict(
    "PreferencesSetParamsQuietHours2",
    {
        "from": "str",
        "to": "str",
    },
)


class PreferencesSetParamsLimits(TypedDict):
    kinds: NotRequired[list[str] | None]
    open: NotRequired[int | None]
    perDay: NotRequired[int | None]


class PreferencesSetParams(TypedDict):
    categories: NotRequired[dict[str, Literal["allow", "ask", "block"]]]
    acceptFrom: NotRequired[Literal["anyone", "groups", "contacts", "nobody"]]
    broadcasts: NotRequired[bool]
    blockedUsers: NotRequired[list[str]]
    quietHours: NotRequired[list[PreferencesSetParamsQuietHours1] | PreferencesSetParamsQuietHours2 | None]
    dailyLimit: NotRequired[int | None]
    shareLimits: NotRequired[bool]
    shareOnline: NotRequired[bool]
    shareRead: NotRequired[bool]
    shareWriting: NotRequired[bool]
    limits: NotRequired[PreferencesSetParamsLimits | None]


class GrantListResult(TypedDict):
    grants: list[Grant]


class GrantSetResult(TypedDict):
    grants: list[Grant]


class GrantSetParamsTo1(TypedDict):
    user: str


class GrantSetParamsTo2(TypedDict):
    group: str


GrantSetParamsHours = TypedDict(
    "GrantSetParamsHours",
    {
        "days": "NotRequired[list[Literal[\"mo\", \"tu\", \"we\", \"th\", \"fr\", \"sa\", \"su\"]]]",
        "from": "str",
        "to": "str",
    },
)


class GrantSetParams(TypedDict):
    to: GrantSetParamsTo1 | GrantSetParamsTo2
    accept: NotRequired[bool | None]
    categories: NotRequired[dict[str, Literal["allow", "ask", "block"] | None] | None]
    kinds: NotRequired[list[str] | None]
    hours: NotRequired[list[GrantSetParamsHours] | None]
    perDay: NotRequired[int | None]
    open: NotRequired[int | None]
    paused: NotRequired[bool | None]
    shown: NotRequired[bool | None]
    until: NotRequired[str | None]


class GrantEndResult(TypedDict):
    grants: list[Grant]


class GrantEndParams(TypedDict):
    id: str


class CategoryListResult(TypedDict):
    categories: list[Category]


class ContactRequestResult(TypedDict):
    username: str
    displayName: str
    relation: Literal["contact", "incoming", "outgoing", "none"]


class ContactRequestParams(TypedDict):
    username: str
    note: NotRequired[str | None]


class ContactAcceptResult(TypedDict):
    username: str
    displayName: str
    relation: Literal["contact", "incoming", "outgoing", "none"]


class ContactAcceptParams(TypedDict):
    username: str


class ContactDeclineResult(TypedDict):
    username: str
    displayName: str
    relation: Literal["contact", "incoming", "outgoing", "none"]


class ContactDeclineParams(TypedDict):
    username: str


class ContactRemoveResult(TypedDict):
    username: str
    displayName: str
    relation: Literal["contact", "incoming", "outgoing", "none"]


class ContactRemoveParams(TypedDict):
    username: str


ContactListResultContactsGrantHours = TypedDict(
    "ContactListResultContactsGrantHours",
    {
        "days": "NotRequired[list[Literal[\"mo\", \"tu\", \"we\", \"th\", \"fr\", \"sa\", \"su\"]]]",
        "from": "str",
        "to": "str",
    },
)


class ContactListResultContactsGrant(TypedDict):
    categories: NotRequired[dict[str, Literal["allow", "ask", "block"]]]
    kinds: NotRequired[list[str]]
    hours: NotRequired[list[ContactListResultContactsGrantHours]]
    perDay: NotRequired[float]
    open: NotRequired[float]
    until: str | None


class ContactListResultContacts(TypedDict):
    username: str
    displayName: str
    online: NotRequired[bool]
    allows: NotRequired[list[str]]
    grant: NotRequired[ContactListResultContactsGrant]


class ContactListResultIncoming(TypedDict):
    username: str
    displayName: str
    note: str | None
    createdAt: str


class ContactListResultOutgoing(TypedDict):
    username: str
    displayName: str
    note: str | None
    createdAt: str


class ContactListResult(TypedDict):
    contacts: list[ContactListResultContacts]
    incoming: list[ContactListResultIncoming]
    outgoing: list[ContactListResultOutgoing]


class GroupListResultGroups(TypedDict):
    name: str
    title: str
    role: Literal["owner", "sender", "member"]
    since: str | None
    members: int


class GroupListResultInvitations(TypedDict):
    name: str
    title: str
    role: Literal["owner", "sender", "member"]
    since: str | None
    members: int


class GroupListResult(TypedDict):
    groups: list[GroupListResultGroups]
    invitations: list[GroupListResultInvitations]


class GroupAcceptResult(TypedDict):
    name: str
    title: str
    role: Literal["owner", "sender", "member"] | None
    accepted: bool


class GroupAcceptParams(TypedDict):
    group: str


class GroupLeaveResult(TypedDict):
    name: str
    title: str
    role: Literal["owner", "sender", "member"] | None
    accepted: bool


class GroupLeaveParams(TypedDict):
    group: str


class NoticeListResult(TypedDict):
    notices: list[Notice]
    unread: int
    next: str | None


class NoticeListParams(TypedDict):
    before: NotRequired[str]
    limit: NotRequired[int]


class NoticeReadResult(TypedDict):
    unread: int


class NoticeReadParams(TypedDict):
    ids: NotRequired[list[str]]


class ReportCreateResultReportAbout(TypedDict):
    user: NotRequired[str]
    command: NotRequired[str]
    message: NotRequired[str]
    file: NotRequired[str]
    group: NotRequired[str]


class ReportCreateResultReport(TypedDict):
    id: str
    about: ReportCreateResultReportAbout
    reason: Literal["danger", "threat", "intimate", "illegal", "harassment", "sexual", "impersonation", "spam", "wrong_category", "other"]
    note: str | None
    createdAt: str
    outcome: Literal["acted", "none"] | None
    decidedAt: str | None


class ReportCreateResult(TypedDict):
    report: ReportCreateResultReport


class ReportCreateParamsAbout(TypedDict):
    user: NotRequired[str]
    command: NotRequired[str]
    message: NotRequired[str]
    file: NotRequired[str]
    group: NotRequired[str]


class ReportCreateParams(TypedDict):
    about: ReportCreateParamsAbout
    reason: Literal["danger", "threat", "intimate", "illegal", "harassment", "sexual", "impersonation", "spam", "wrong_category", "other"]
    note: NotRequired[str | None]
    block: NotRequired[Literal[True]]


class ReportListResultReportsAbout(TypedDict):
    user: NotRequired[str]
    command: NotRequired[str]
    message: NotRequired[str]
    file: NotRequired[str]
    group: NotRequired[str]


class ReportListResultReports(TypedDict):
    id: str
    about: ReportListResultReportsAbout
    reason: Literal["danger", "threat", "intimate", "illegal", "harassment", "sexual", "impersonation", "spam", "wrong_category", "other"]
    note: str | None
    createdAt: str
    outcome: Literal["acted", "none"] | None
    decidedAt: str | None


class ReportListResult(TypedDict):
    reports: list[ReportListResultReports]
    next: str | None


class ReportListParams(TypedDict):
    before: NotRequired[str]
    limit: NotRequired[int]


class SanctionListResult(TypedDict):
    sanctions: list[OwnSanction]


class SanctionReadResult(TypedDict):
    sanctions: list[OwnSanction]


class SanctionReadParams(TypedDict):
    id: str


class SanctionAppealResult(TypedDict):
    sanctions: list[OwnSanction]


class SanctionAppealParams(TypedDict):
    text: str
    id: str


class SafetyStopResult(TypedDict):
    stopped: Literal[True]
    since: str


class SafetyResumeResult(TypedDict):
    stopped: Literal[False]


class SafetyResumeParams(TypedDict):
    confirm: Literal[True]


class SessionReadyNotificationHeartbeat(TypedDict):
    intervalMs: float
    misses: Literal[3]


class SessionReadyNotificationLimits(TypedDict):
    frameBytes: float
    title: float
    body: float
    dataBytes: float
    categories: float
    attachments: float
    recipients: float
    window: float
    requestsPerSecond: float
    sendsPerMinute: float
    retentionDays: float
    uploadBytes: float


class SessionReadyNotification(TypedDict):
    protocol: Literal[1]
    user: User
    device: str
    connection: str
    heartbeat: SessionReadyNotificationHeartbeat
    serverTime: str
    sessionExpiresAt: str
    cursor: str | None
    pending: int
    stopped: bool
    sanctions: NotRequired[list[OwnSanction]]
    limits: SessionReadyNotificationLimits


class SessionRenewedNotification(TypedDict):
    sessionExpiresAt: str


class SessionMisusedNotificationAgent(TypedDict):
    browser: str
    system: str


class SessionMisusedNotification(TypedDict):
    id: str
    device: str
    agent: SessionMisusedNotificationAgent | None
    address: str
    at: str


class SessionClosingNotification(TypedDict):
    code: float
    reconnect: bool


class CommandDeliverNotification(TypedDict):
    deliveries: list[Delivery]


class CommandChangedNotificationReview(TypedDict):
    accept: bool
    note: str | None
    at: str


class CommandChangedNotification(TypedDict):
    id: str
    state: NotRequired[CommandState]
    recipient: NotRequired[str]
    note: NotRequired[str | None]
    answer: NotRequired[GivenAnswer]
    startedAt: NotRequired[str]
    review: NotRequired[CommandChangedNotificationReview]
    until: NotRequired[str | None]
    totals: NotRequired[Totals]
    command: NotRequired[SealedCommand | Command]
    at: str


class ChatMessageNotification(TypedDict):
    cursor: str
    message: ChatMessage


ChatChangedNotification = TypedDict(
    "ChatChangedNotification",
    {
        "with": "str",
        "thread": "str | None",
        "readUpTo": "NotRequired[str]",
        "theirReadUpTo": "NotRequired[str]",
        "writing": "NotRequired[Literal[True]]",
    },
)


class CommandDueNotification(TypedDict):
    id: str
    dueAt: str

FileChangedNotification: TypeAlias = "File"

PreferencesChangedNotification: TypeAlias = "Preferences"


class GrantChangedNotification(TypedDict):
    grants: list[Grant]


class ContactChangedNotification(TypedDict):
    username: str
    displayName: str
    relation: Literal["contact", "incoming", "outgoing", "none"]


class GroupChangedNotification(TypedDict):
    name: str
    title: str
    role: Literal["owner", "sender", "member"] | None
    accepted: bool


class NoticeNewNotification(TypedDict):
    notice: Notice
    unread: int


class NoticeChangedNotification(TypedDict):
    unread: int


class ReportChangedNotificationReportAbout(TypedDict):
    user: NotRequired[str]
    command: NotRequired[str]
    message: NotRequired[str]
    file: NotRequired[str]
    group: NotRequired[str]


class ReportChangedNotificationReport(TypedDict):
    id: str
    about: ReportChangedNotificationReportAbout
    reason: Literal["danger", "threat", "intimate", "illegal", "harassment", "sexual", "impersonation", "spam", "wrong_category", "other"]
    note: str | None
    createdAt: str
    outcome: Literal["acted", "none"] | None
    decidedAt: str | None


class ReportChangedNotification(TypedDict):
    report: ReportChangedNotificationReport


class SanctionChangedNotification(TypedDict):
    sanctions: list[OwnSanction]


class SafetyChangedNotification(TypedDict):
    stopped: bool
    since: str | None


FRAME_IN_BYTES = 65536
DELIVER_BATCH = 64
WINDOW_MAX = 256
SHUTDOWN_MS = 10000
RECONNECT_MAX_MS = 30000
RECONNECT_BASE_MS = 500
CLIENT_OUTBOX = 256
CLIENT_SEEN_IDS = 100000
CLIENT_CONNECT_MS = 15000
CLIENT_REQUEST_MS = 15000
CLIENT_IN_FLIGHT = 4096
CLIENT_RETRIES = 10
CLIENT_HANDLER_TRIES = 3
CLIENT_CLOSE_MS = 2000
KEY_KEPT_MS = 86400000

AFTER_CLOSE: Mapping[int, str] = {
    4400: "stop",
    4401: "login",
    4403: "stop",
    4408: "reconnect",
    4409: "stop",
    4413: "stop",
    4429: "back_off",
    4500: "reconnect",
    4503: "reconnect",
    4508: "reconnect",
}
"""What a client does after each close code; after all others it reconnects."""

CLOSED_STATES = frozenset(
    {
        "completed",
        "declined",
        "failed",
        "expired",
        "cancelled",
        "stopped",
    }
)

METHODS: Mapping[str, str] = {
    "heartbeat": "once",
    "inbox.ack": "once",
    "inbox.list": "read",
    "inbox.counts": "read",
    "inbox.update": "write",
    "inbox.undo": "once",
    "command.send": "write",
    "command.preview": "read",
    "command.list": "read",
    "command.get": "read",
    "command.update": "write",
    "command.review": "once",
    "command.edit": "write",
    "command.undo": "once",
    "command.cancel": "write",
    "chat.send": "write",
    "chat.list": "read",
    "chat.counts": "read",
    "chat.notify": "write",
    "chat.search": "read",
    "chat.talks": "read",
    "chat.read": "write",
    "chat.retract": "write",
    "chat.writing": "once",
    "preferences.get": "read",
    "preferences.set": "write",
    "grant.list": "read",
    "grant.set": "write",
    "grant.end": "write",
    "category.list": "read",
    "contact.request": "write",
    "contact.accept": "write",
    "contact.decline": "write",
    "contact.remove": "write",
    "contact.list": "read",
    "group.list": "read",
    "group.accept": "write",
    "group.leave": "write",
    "notice.list": "read",
    "notice.read": "write",
    "report.create": "write",
    "report.list": "read",
    "sanction.list": "read",
    "sanction.read": "write",
    "sanction.appeal": "once",
    "safety.stop": "stop",
    "safety.resume": "once",
}
"""What becomes of each request while there is no connection."""

NOTIFICATIONS = (
    "session.ready",
    "session.renewed",
    "session.misused",
    "session.closing",
    "command.deliver",
    "command.changed",
    "chat.message",
    "chat.changed",
    "command.due",
    "file.changed",
    "preferences.changed",
    "grant.changed",
    "contact.changed",
    "group.changed",
    "notice.new",
    "notice.changed",
    "report.changed",
    "sanction.changed",
    "safety.changed",
)


class Requests:
    """A coroutine for each method."""

    async def request(self, method: str, params: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    async def heartbeat(self) -> HeartbeatResult:
        """Says that the client is there, and gets the server's time. Send one at each interval of session.ready. Not counted against the request rate."""
        return cast("HeartbeatResult", await self.request("heartbeat", {}))

    async def inbox_ack(self, **params: Unpack[InboxAckParams]) -> InboxAckResult:
        """Acknowledges everything up to a place, for this device. Acknowledge after the client has stored it: what is acknowledged is not delivered to this device again. Not counted against the request rate."""
        return cast("InboxAckResult", await self.request("inbox.ack", dict(params)))

    async def inbox_list(self, **params: Unpack[InboxListParams]) -> CommandPage:
        """Lists commands that this person received, newest first, or a view of the inbox with what is due first. Searches with q. Withheld and held ones are not in it."""
        return cast("CommandPage", await self.request("inbox.list", dict(params)))

    async def inbox_counts(self) -> InboxCountsResult:
        """Counts the commands of each view of the inbox, and those that are held. Nothing is delivered."""
        return cast("InboxCountsResult", await self.request("inbox.counts", {}))

    async def inbox_update(self, **params: Unpack[InboxUpdateParams]) -> InboxUpdateResult:
        """Gives several commands one answer. Each is taken or refused by itself."""
        return cast("InboxUpdateResult", await self.request("inbox.update", dict(params)))

    async def inbox_undo(self, **params: Unpack[InboxUndoParams]) -> InboxUndoResult:
        """Takes back the last answer to each command, for ten seconds after it. The sender sees what was before."""
        return cast("InboxUndoResult", await self.request("inbox.undo", dict(params)))

    async def command_send(self, **params: Unpack[CommandSendParams]) -> CommandSendResult:
        """Sends a command. The answer comes after it is stored. Send the same key again after a lost answer: the same command is answered, not sent twice."""
        return cast("CommandSendResult", await self.request("command.send", dict(params)))

    async def command_preview(self, **params: Unpack[CommandPreviewParams]) -> AudienceCounts:
        """Counts whom a draft would reach, without sending it."""
        return cast("AudienceCounts", await self.request("command.preview", dict(params)))

    async def command_list(self, **params: Unpack[CommandListParams]) -> CommandPage:
        """Lists received (inbox) or sent (outbox) commands, newest first."""
        return cast("CommandPage", await self.request("command.list", dict(params)))

    async def command_get(self, **params: Unpack[CommandGetParams]) -> CommandGetResult:
        """Gives one command: to its recipient with their state, to its sender with totals and recipients."""
        return cast("CommandGetResult", await self.request("command.get", dict(params)))

    async def command_update(self, **params: Unpack[CommandUpdateParams]) -> CommandUpdateResult:
        """Moves the caller's own state of a received command. A move that the lifecycle lacks is refused. A choice or a form is completed with its answer; accepting a timer starts it."""
        return cast("CommandUpdateResult", await self.request("command.update", dict(params)))

    async def command_review(self, **params: Unpack[CommandReviewParams]) -> CommandReviewResult:
        """Accepts or returns what a recipient submitted, where the command asks for a review."""
        return cast("CommandReviewResult", await self.request("command.review", dict(params)))

    async def command_edit(self, **params: Unpack[CommandEditParams]) -> CommandEditResult:
        """Changes a sent command that nobody was handed yet; a broadcast until it is released. Only the fields that are there change, and null takes one out. Whom it reaches is decided anew."""
        return cast("CommandEditResult", await self.request("command.edit", dict(params)))

    async def command_undo(self, **params: Unpack[CommandUndoParams]) -> CommandUndoResult:
        """Takes back a command that was sent less than ten seconds ago and that nobody was handed yet: it ends as if cancelled."""
        return cast("CommandUndoResult", await self.request("command.undo", dict(params)))

    async def command_cancel(self, **params: Unpack[CommandCancelParams]) -> CommandCancelResult:
        """Cancels a sent command: open deliveries disappear from devices."""
        return cast("CommandCancelResult", await self.request("command.cancel", dict(params)))

    async def chat_send(self, **params: Unpack[ChatSendParams]) -> ChatSendResult:
        """Sends a message to a contact, or on a command's thread. The same key gets the same message again."""
        return cast("ChatSendResult", await self.request("chat.send", dict(params)))

    async def chat_list(self, **params: Unpack[ChatListParams]) -> ChatListResult:
        """Lists the messages of a talk, newest first."""
        return cast("ChatListResult", await self.request("chat.list", dict(params)))

    async def chat_counts(self) -> ChatCountsResult:
        """Counts the unread messages of talks that make a noise."""
        return cast("ChatCountsResult", await self.request("chat.counts", {}))

    async def chat_notify(self, **params: Unpack[ChatNotifyParams]) -> ChatNotifyResult:
        """Chooses what makes a noise of a talk: everything, messages with the caller's name, or nothing."""
        return cast("ChatNotifyResult", await self.request("chat.notify", dict(params)))

    async def chat_search(self, **params: Unpack[ChatSearchParams]) -> ChatSearchResult:
        """Finds words in the messages of two weeks, of both sides, newest first."""
        return cast("ChatSearchResult", await self.request("chat.search", dict(params)))

    async def chat_talks(self) -> ChatTalksResult:
        """Lists the caller's talks, each with its last message."""
        return cast("ChatTalksResult", await self.request("chat.talks", {}))

    async def chat_read(self, **params: Unpack[ChatReadParams]) -> ChatReadResult:
        """Marks a talk as read up to a message."""
        return cast("ChatReadResult", await self.request("chat.read", dict(params)))

    async def chat_retract(self, **params: Unpack[ChatRetractParams]) -> ChatRetractResult:
        """Withdraws a message for everyone, within ten minutes."""
        return cast("ChatRetractResult", await self.request("chat.retract", dict(params)))

    async def chat_writing(self, **params: Unpack[ChatWritingParams]) -> dict[str, Any]:
        """Says that the caller is writing; told only where both sides show it."""
        return cast("dict[str, Any]", await self.request("chat.writing", dict(params)))

    async def preferences_get(self) -> Preferences:
        """Gives the caller's preferences."""
        return cast("Preferences", await self.request("preferences.get", {}))

    async def preferences_set(self, **params: Unpack[PreferencesSetParams]) -> Preferences:
        """Changes the fields that are there. `quietHours` takes a list of windows, or one window for all days, and is answered as a list. Only the person's own sessions can."""
        return cast("Preferences", await self.request("preferences.set", dict(params)))

    async def grant_list(self) -> GrantListResult:
        """Lists the caller's grants that are in force."""
        return cast("GrantListResult", await self.request("grant.list", {}))

    async def grant_set(self, **params: Unpack[GrantSetParams]) -> GrantSetResult:
        """Makes or changes a grant for one contact or group."""
        return cast("GrantSetResult", await self.request("grant.set", dict(params)))

    async def grant_end(self, **params: Unpack[GrantEndParams]) -> GrantEndResult:
        """Ends a grant."""
        return cast("GrantEndResult", await self.request("grant.end", dict(params)))

    async def category_list(self) -> CategoryListResult:
        """Lists the categories that commands can have."""
        return cast("CategoryListResult", await self.request("category.list", {}))

    async def contact_request(self, **params: Unpack[ContactRequestParams]) -> ContactRequestResult:
        """Asks someone to become a contact. The answer is the same whether or not they see it."""
        return cast("ContactRequestResult", await self.request("contact.request", dict(params)))

    async def contact_accept(self, **params: Unpack[ContactAcceptParams]) -> ContactAcceptResult:
        """Accepts a request."""
        return cast("ContactAcceptResult", await self.request("contact.accept", dict(params)))

    async def contact_decline(self, **params: Unpack[ContactDeclineParams]) -> ContactDeclineResult:
        """Declines a request. The other side sees it wait."""
        return cast("ContactDeclineResult", await self.request("contact.decline", dict(params)))

    async def contact_remove(self, **params: Unpack[ContactRemoveParams]) -> ContactRemoveResult:
        """Removes a contact, on both sides."""
        return cast("ContactRemoveResult", await self.request("contact.remove", dict(params)))

    async def contact_list(self) -> ContactListResult:
        """Lists contacts and requests."""
        return cast("ContactListResult", await self.request("contact.list", {}))

    async def group_list(self) -> GroupListResult:
        """Lists the caller's groups and invitations."""
        return cast("GroupListResult", await self.request("group.list", {}))

    async def group_accept(self, **params: Unpack[GroupAcceptParams]) -> GroupAcceptResult:
        """Accepts an invitation to a group."""
        return cast("GroupAcceptResult", await self.request("group.accept", dict(params)))

    async def group_leave(self, **params: Unpack[GroupLeaveParams]) -> GroupLeaveResult:
        """Leaves a group, or declines its invitation."""
        return cast("GroupLeaveResult", await self.request("group.leave", dict(params)))

    async def notice_list(self, **params: Unpack[NoticeListParams]) -> NoticeListResult:
        """Lists the caller's notices, newest first."""
        return cast("NoticeListResult", await self.request("notice.list", dict(params)))

    async def notice_read(self, **params: Unpack[NoticeReadParams]) -> NoticeReadResult:
        """Marks notices as read, all of them without ids."""
        return cast("NoticeReadResult", await self.request("notice.read", dict(params)))

    async def report_create(self, **params: Unpack[ReportCreateParams]) -> ReportCreateResult:
        """Reports a person, command, message, file or group to the moderators. The person reported is not told who reported."""
        return cast("ReportCreateResult", await self.request("report.create", dict(params)))

    async def report_list(self, **params: Unpack[ReportListParams]) -> ReportListResult:
        """Lists the caller's reports and what came of them."""
        return cast("ReportListResult", await self.request("report.list", dict(params)))

    async def sanction_list(self) -> SanctionListResult:
        """Lists the caller's sanctions in force."""
        return cast("SanctionListResult", await self.request("sanction.list", {}))

    async def sanction_read(self, **params: Unpack[SanctionReadParams]) -> SanctionReadResult:
        """Marks a warning as read."""
        return cast("SanctionReadResult", await self.request("sanction.read", dict(params)))

    async def sanction_appeal(self, **params: Unpack[SanctionAppealParams]) -> SanctionAppealResult:
        """Appeals against a sanction, once. Another moderator decides."""
        return cast("SanctionAppealResult", await self.request("sanction.appeal", dict(params)))

    async def safety_stop(self) -> SafetyStopResult:
        """Stops everything: nothing is delivered to any device of the person after the answer, until safety.resume."""
        return cast("SafetyStopResult", await self.request("safety.stop", {}))

    async def safety_resume(self, **params: Unpack[SafetyResumeParams]) -> SafetyResumeResult:
        """Ends a stop. What waited is delivered as the preferences say."""
        return cast("SafetyResumeResult", await self.request("safety.resume", dict(params)))
