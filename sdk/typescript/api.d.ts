// Made by `deno task docs` from the AsyncAPI document of the server. Do not edit.

export type AnswerTotals = {
  answers: number;
  questions: ({
    field?: string | undefined;
    label?: string | undefined;
    options: ({
      id: string;
      label?: string | undefined;
      count: number;
    })[];
  })[];
};

export type Attachment = {
  fileId: string;
  sha256: string;
  name: string;
  size: number;
  type: string;
};

export type AudienceCounts = {
  matched: Count;
  online?: Count | undefined;
  offline?: Count | undefined;
  excluded: Record<string, Count>;
};

export type Category = {
  slug: string;
  title: string;
  description: string;
};

export type ChatMessage = {
  id: string;
  from: Sender;
  to: string;
  thread: string | null;
  body: string;
  attachments: Attachment[];
  createdAt: string;
  retractedAt: string | null;
  state?: "checking" | "rejected" | undefined;
  sealed?: true | undefined;
  about?: string | undefined;
  reaction?: "👍" | "❤️" | "😂" | "😮" | "😢" | "🙏" | undefined;
  reactions?: ({
    id: string;
    from: string;
    reaction: "👍" | "❤️" | "😂" | "😮" | "😢" | "🙏";
  })[] | undefined;
};

export type ChoiceData = {
  options: {
    id: string;
    label: string;
  }[];
  multiple?: boolean | undefined;
};

export type Command = {
  id: string;
  kind: string;
  title: string | null;
  body: string | null;
  data: Record<string, unknown> | null;
  categories: string[];
  attachments: Attachment[];
  from: Sender;
  audience: {
    kind: "user" | "group" | "category" | "all";
    name?: string | undefined;
  };
  createdAt: string;
  deliverAt: string | null;
  dueAt: string | null;
  expiresAt: string;
  requires: "none" | "confirmation" | "proof" | "review";
};

export type CommandPage = {
  items: ListItem[];
  next: string | null;
};

export type CommandState = "scheduled" | "queued" | "delivered" | "seen" | "accepted" | "submitted" | "completed" | "deferred" | "declined" | "returned" | "failed" | "expired" | "cancelled" | "stopped";

export type Count = number | "<5";

export type Delivery = {
  cursor: string;
  command: SealedCommand | Command;
  state: CommandState;
};

export type File = {
  id: string;
  sha256: string;
  name: string;
  size: number;
  type: string;
  state: "scanning" | "clean" | "rejected" | "held";
  createdAt: string;
  expiresAt: string;
};

export type FormData = {
  fields: ({
    id: string;
    label: string;
    required?: boolean | undefined;
    type: "text";
  } | {
    id: string;
    label: string;
    required?: boolean | undefined;
    type: "long";
  } | {
    id: string;
    label: string;
    required?: boolean | undefined;
    type: "number";
  } | {
    id: string;
    label: string;
    required?: boolean | undefined;
    type: "yesno";
  } | {
    id: string;
    label: string;
    required?: boolean | undefined;
    type: "date";
  } | {
    id: string;
    label: string;
    required?: boolean | undefined;
    type: "choice";
    options: {
      id: string;
      label: string;
    }[];
  })[];
};

export type GivenAnswer = {
  options: string[];
} | {
  fields: Record<string, string | number | boolean>;
} | {
  startedAt: string;
  endedAt: string;
};

export type Grant = {
  id: string;
  to: {
    user: string;
  } | {
    group: string;
  };
  accept?: true | undefined;
  categories?: Record<string, "allow" | "ask" | "block"> | undefined;
  kinds?: string[] | undefined;
  hours?: ({
    days?: ("mo" | "tu" | "we" | "th" | "fr" | "sa" | "su")[] | undefined;
    from: string;
    to: string;
  })[] | undefined;
  perDay?: number | undefined;
  open?: number | undefined;
  paused?: true | undefined;
  shown?: true | undefined;
  since: string;
  until: string | null;
};

export type ListItem = {
  command: SealedCommand | Command;
  state?: OwnState | undefined;
  totals?: Totals | undefined;
  recipients?: RecipientState[] | undefined;
};

export type Notice = {
  id: string;
  at: string;
  read: boolean;
  kind: "command_accepted";
  command: string;
  title: string | null;
  by: {
    username: string;
    displayName: string;
  };
  others: number;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "command_declined";
  command: string;
  title: string | null;
  by: {
    username: string;
    displayName: string;
  };
  others: number;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "command_submitted";
  command: string;
  title: string | null;
  by: {
    username: string;
    displayName: string;
  };
  others: number;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "command_completed";
  command: string;
  title: string | null;
  by: {
    username: string;
    displayName: string;
  };
  others: number;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "command_approved";
  command: string;
  title: string | null;
  by: {
    username: string;
    displayName: string;
  };
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "command_returned";
  command: string;
  title: string | null;
  by: {
    username: string;
    displayName: string;
  };
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "contact_requested";
  by: {
    username: string;
    displayName: string;
  };
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "contact_accepted";
  by: {
    username: string;
    displayName: string;
  };
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "group_invited";
  group: string;
  title: string;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "sanction_imposed";
  sanction: string;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "sanction_lifted";
  sanction: string;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "report_decided";
  report: string;
  outcome: "acted" | "fine";
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "appeal_decided";
  sanction: string;
  outcome: "upheld" | "lifted";
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "file_rejected";
  file: string;
  name: string;
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "login_link";
} | {
  id: string;
  at: string;
  read: boolean;
  kind: "login_link_used";
};

export type OwnSanction = {
  id: string;
  kind: "warn" | "mute" | "limit" | "suspend";
  reason: string;
  until: string | null;
  createdAt: string;
  appeal?: {
    state: "open" | "refused";
    reason: string | null;
  } | undefined;
};

export type OwnState = {
  state: CommandState;
  updatedAt: string;
  until: string | null;
  note: string | null;
  proof?: Attachment[] | undefined;
  answer?: GivenAnswer | undefined;
  startedAt?: string | undefined;
  review?: {
    accept: boolean;
    note: string | null;
    at: string;
  } | undefined;
  allowedBy: string | null;
  undoUntil?: string | undefined;
};

export type Preferences = {
  categories: Record<string, "allow" | "ask" | "block">;
  acceptFrom: "anyone" | "groups" | "contacts" | "nobody";
  broadcasts: boolean;
  blockedUsers: string[];
  quietHours: ({
    days?: ("mo" | "tu" | "we" | "th" | "fr" | "sa" | "su")[] | undefined;
    from: string;
    to: string;
  })[] | null;
  dailyLimit: number | null;
  shareLimits: boolean;
  shareOnline?: boolean | undefined;
  shareRead?: boolean | undefined;
  shareWriting?: boolean | undefined;
  limits?: {
    kinds?: ("message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>))[] | null | undefined;
    open?: number | null | undefined;
    perDay?: number | null | undefined;
  } | null | undefined;
};

export type RecipientState = {
  username: string;
  displayName: string;
  state: CommandState;
  updatedAt: string;
  note: string | null;
  proof: Attachment[];
  answer?: GivenAnswer | undefined;
  startedAt?: string | undefined;
  review?: {
    accept: boolean;
    note: string | null;
    at: string;
  } | undefined;
};

export type SealedCommand = {
  id: string;
  sealed: true;
  from: Sender;
  categories: string[];
  createdAt: string;
  deliverAt: string | null;
  dueAt: string | null;
  expiresAt: string;
};

export type Sender = {
  id: string;
  username: string;
  displayName: string;
};

export type TimerData = {
  seconds: number;
};

export type Totals = Record<string, number>;

export type User = {
  id: string;
  username: string;
  displayName: string;
  role: "member" | "moderator" | "admin";
  rights: {
    broadcast: boolean;
  };
  createdAt: string;
};

/** Every method: what it takes and what it answers. */
export interface Methods {
  /** Says that the client is there, and gets the server's time. Send one at each interval of session.ready. Not counted against the request rate. */
  "heartbeat": {
    params: Record<string, never>;
    result: {
      serverTime: string;
    };
  };
  /** Acknowledges everything up to a place, for this device. Acknowledge after the client has stored it: what is acknowledged is not delivered to this device again. Not counted against the request rate. */
  "inbox.ack": {
    params: {
      cursor: string;
    };
    result: {
      cursor: string;
    };
  };
  /** Lists commands that this person received, newest first, or a view of the inbox with what is due first. Searches with q. Withheld and held ones are not in it. */
  "inbox.list": {
    params: {
      state?: "scheduled" | "queued" | "delivered" | "seen" | "accepted" | "submitted" | "completed" | "deferred" | "declined" | "returned" | "failed" | "expired" | "cancelled" | "stopped" | undefined;
      category?: string | undefined;
      before?: string | undefined;
      limit?: number | undefined;
      view?: "all" | "today" | "overdue" | "later" | "sealed" | "done" | undefined;
      kind?: "message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>) | undefined;
      from?: string | undefined;
      q?: string | undefined;
      since?: string | undefined;
      sort?: "due" | "new" | undefined;
      open?: true | undefined;
    };
    result: CommandPage;
  };
  /** Counts the commands of each view of the inbox, and those that are held. Nothing is delivered. */
  "inbox.counts": {
    params: Record<string, never>;
    result: {
      all: number;
      today: number;
      overdue: number;
      later: number;
      sealed: number;
      unseen: number;
      review: number;
      held: {
        count: number;
        until: string | null;
      };
    };
  };
  /** Gives several commands one answer. Each is taken or refused by itself. */
  "inbox.update": {
    params: {
      ids: string[];
      state: "scheduled" | "queued" | "delivered" | "seen" | "accepted" | "submitted" | "completed" | "deferred" | "declined" | "returned" | "failed" | "expired" | "cancelled" | "stopped";
      note?: string | null | undefined;
      until?: string | null | undefined;
    };
    result: {
      results: ({
        id: string;
        state?: OwnState | undefined;
        command?: SealedCommand | Command | undefined;
        error?: {
          kind: string;
          message: string;
        } | undefined;
      })[];
    };
  };
  /** Takes back the last answer to each command, for ten seconds after it. The sender sees what was before. */
  "inbox.undo": {
    params: {
      ids: string[];
    };
    result: {
      results: ({
        id: string;
        state?: OwnState | undefined;
        command?: SealedCommand | Command | undefined;
        error?: {
          kind: string;
          message: string;
        } | undefined;
      })[];
    };
  };
  /** Sends a command. The answer comes after it is stored. Send the same key again after a lost answer: the same command is answered, not sent twice. */
  "command.send": {
    params: {
      key?: string | undefined;
      audience: {
        kind: "user";
        to: string[];
      } | {
        kind: "group";
        group: string;
      } | {
        kind: "category";
        category: string;
      } | {
        kind: "all";
      };
      kind: "message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>);
      title?: string | undefined;
      body?: string | undefined;
      data?: unknown | undefined;
      categories?: string[] | undefined;
      attachments?: string[] | undefined;
      deliverAt?: string | null | undefined;
      dueAt?: string | null | undefined;
      expiresAt?: string | null | undefined;
      requires?: "none" | "confirmation" | "proof" | "review" | undefined;
    };
    result: {
      command: Command;
      audience: AudienceCounts;
    };
  };
  /** Counts whom a draft would reach, without sending it. */
  "command.preview": {
    params: {
      key?: string | undefined;
      audience: {
        kind: "user";
        to: string[];
      } | {
        kind: "group";
        group: string;
      } | {
        kind: "category";
        category: string;
      } | {
        kind: "all";
      };
      kind: "message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>);
      title?: string | undefined;
      body?: string | undefined;
      data?: unknown | undefined;
      categories?: string[] | undefined;
      attachments?: string[] | undefined;
      deliverAt?: string | null | undefined;
      dueAt?: string | null | undefined;
      expiresAt?: string | null | undefined;
      requires?: "none" | "confirmation" | "proof" | "review" | undefined;
    };
    result: AudienceCounts;
  };
  /** Lists received (inbox) or sent (outbox) commands, newest first. */
  "command.list": {
    params: {
      box: "inbox" | "outbox";
      state?: "scheduled" | "queued" | "delivered" | "seen" | "accepted" | "submitted" | "completed" | "deferred" | "declined" | "returned" | "failed" | "expired" | "cancelled" | "stopped" | undefined;
      category?: string | undefined;
      before?: string | undefined;
      limit?: number | undefined;
      view?: "all" | "today" | "overdue" | "later" | "sealed" | "done" | "review" | undefined;
      kind?: "message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>) | undefined;
      from?: string | undefined;
      q?: string | undefined;
      since?: string | undefined;
      sort?: "due" | "new" | undefined;
      to?: string | undefined;
    };
    result: CommandPage;
  };
  /** Gives one command: to its recipient with their state, to its sender with totals and recipients. */
  "command.get": {
    params: {
      id: string;
    };
    result: {
      command: SealedCommand | Command;
      state?: OwnState | undefined;
      totals?: Totals | undefined;
      answers?: AnswerTotals | undefined;
      recipients?: RecipientState[] | undefined;
      timeline: ({
        at: string;
        state: CommandState;
        who?: string | undefined;
        recipient?: string | undefined;
        note?: string | undefined;
        proof?: Attachment[] | undefined;
        edited?: true | undefined;
      })[];
    };
  };
  /** Moves the caller's own state of a received command. A move that the lifecycle lacks is refused. A choice or a form is completed with its answer; accepting a timer starts it. */
  "command.update": {
    params: {
      id: string;
      state: "scheduled" | "queued" | "delivered" | "seen" | "accepted" | "submitted" | "completed" | "deferred" | "declined" | "returned" | "failed" | "expired" | "cancelled" | "stopped";
      note?: string | null | undefined;
      proof?: string[] | undefined;
      answer?: string | string[] | Record<string, string | number | boolean> | undefined;
      until?: string | null | undefined;
    };
    result: {
      command: SealedCommand | Command;
      state: OwnState;
    };
  };
  /** Accepts or returns what a recipient submitted, where the command asks for a review. */
  "command.review": {
    params: {
      id: string;
      recipient: string;
      accept: boolean;
      note?: string | null | undefined;
    };
    result: {
      recipient: RecipientState;
    };
  };
  /** Changes a sent command that nobody was handed yet; a broadcast until it is released. Only the fields that are there change, and null takes one out. Whom it reaches is decided anew. */
  "command.edit": {
    params: {
      id: string;
      kind?: "message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>) | undefined;
      title?: string | null | undefined;
      body?: string | null | undefined;
      data?: unknown | null | undefined;
      categories?: string[] | undefined;
      attachments?: string[] | undefined;
      deliverAt?: string | null | undefined;
      dueAt?: string | null | undefined;
      expiresAt?: string | null | undefined;
      requires?: "none" | "confirmation" | "proof" | "review" | undefined;
    };
    result: {
      command: Command;
      audience: AudienceCounts;
    };
  };
  /** Takes back a command that was sent less than ten seconds ago and that nobody was handed yet: it ends as if cancelled. */
  "command.undo": {
    params: {
      id: string;
    };
    result: {
      id: string;
      totals: Totals;
    };
  };
  /** Cancels a sent command: open deliveries disappear from devices. */
  "command.cancel": {
    params: {
      id: string;
    };
    result: {
      id: string;
      totals: Totals;
    };
  };
  /** Sends a message to a contact, or on a command's thread. The same key gets the same message again. */
  "chat.send": {
    params: {
      key?: string | undefined;
      to?: string | undefined;
      thread?: string | undefined;
      body?: string | undefined;
      attachments?: string[] | undefined;
      about?: string | undefined;
      reaction?: "👍" | "❤️" | "😂" | "😮" | "😢" | "🙏" | undefined;
    };
    result: {
      message: ChatMessage;
    };
  };
  /** Lists the messages of a talk, newest first. */
  "chat.list": {
    params: {
      with?: string | undefined;
      thread?: string | undefined;
      before?: string | undefined;
      limit?: number | undefined;
    };
    result: {
      with: {
        username: string;
        displayName: string;
      };
      thread: string | null;
      messages: ChatMessage[];
      next: string | null;
      quoted?: ChatMessage[] | undefined;
      readUpTo: string | null;
      theirReadUpTo?: string | undefined;
      held?: {
        until: string | null;
      } | undefined;
      notify?: "all" | "mentions" | "none" | undefined;
    };
  };
  /** Counts the unread messages of talks that make a noise. */
  "chat.counts": {
    params: Record<string, never>;
    result: {
      unread: number;
    };
  };
  /** Chooses what makes a noise of a talk: everything, messages with the caller's name, or nothing. */
  "chat.notify": {
    params: {
      with?: string | undefined;
      thread?: string | undefined;
      notify: "all" | "mentions" | "none" | null;
    };
    result: {
      notify: "all" | "mentions" | "none" | null;
    };
  };
  /** Finds words in the messages of two weeks, of both sides, newest first. */
  "chat.search": {
    params: {
      with?: string | undefined;
      thread?: string | undefined;
      q: string;
      before?: string | undefined;
      limit?: number | undefined;
    };
    result: {
      messages: ChatMessage[];
      next: string | null;
    };
  };
  /** Lists the caller's talks, each with its last message. */
  "chat.talks": {
    params: Record<string, never>;
    result: {
      talks: ({
        with: {
          username: string;
          displayName: string;
        };
        thread: string | null;
        title: string | null;
        last: ChatMessage;
        unread: number;
      })[];
      unread: number;
    };
  };
  /** Marks a talk as read up to a message. */
  "chat.read": {
    params: {
      with?: string | undefined;
      thread?: string | undefined;
      upTo: string;
    };
    result: {
      readUpTo: string;
    };
  };
  /** Withdraws a message for everyone, within ten minutes. */
  "chat.retract": {
    params: {
      id: string;
    };
    result: {
      message: ChatMessage;
    };
  };
  /** Says that the caller is writing; told only where both sides show it. */
  "chat.writing": {
    params: {
      with?: string | undefined;
      thread?: string | undefined;
    };
    result: Record<string, never>;
  };
  /** Gives the caller's preferences. */
  "preferences.get": {
    params: Record<string, never>;
    result: Preferences;
  };
  /** Changes the fields that are there. `quietHours` takes a list of windows, or one window for all days, and is answered as a list. Only the person's own sessions can. */
  "preferences.set": {
    params: {
      categories?: Record<string, "allow" | "ask" | "block"> | undefined;
      acceptFrom?: "anyone" | "groups" | "contacts" | "nobody" | undefined;
      broadcasts?: boolean | undefined;
      blockedUsers?: string[] | undefined;
      quietHours?: ({
        days?: ("mo" | "tu" | "we" | "th" | "fr" | "sa" | "su")[] | undefined;
        from: string;
        to: string;
      })[] | {
        from: string;
        to: string;
      } | null | undefined;
      dailyLimit?: number | null | undefined;
      shareLimits?: boolean | undefined;
      shareOnline?: boolean | undefined;
      shareRead?: boolean | undefined;
      shareWriting?: boolean | undefined;
      limits?: {
        kinds?: ("message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>))[] | null | undefined;
        open?: number | null | undefined;
        perDay?: number | null | undefined;
      } | null | undefined;
    };
    result: Preferences;
  };
  /** Lists the caller's grants that are in force. */
  "grant.list": {
    params: Record<string, never>;
    result: {
      grants: Grant[];
    };
  };
  /** Makes or changes a grant for one contact or group. */
  "grant.set": {
    params: {
      to: {
        user: string;
      } | {
        group: string;
      };
      accept?: boolean | null | undefined;
      categories?: Record<string, "allow" | "ask" | "block" | null> | null | undefined;
      kinds?: ("message" | "task" | "media" | "link" | "choice" | "form" | "timer" | (string & Record<never, never>))[] | null | undefined;
      hours?: ({
        days?: ("mo" | "tu" | "we" | "th" | "fr" | "sa" | "su")[] | undefined;
        from: string;
        to: string;
      })[] | null | undefined;
      perDay?: number | null | undefined;
      open?: number | null | undefined;
      paused?: boolean | null | undefined;
      shown?: boolean | null | undefined;
      until?: string | null | undefined;
    };
    result: {
      grants: Grant[];
    };
  };
  /** Ends a grant. */
  "grant.end": {
    params: {
      id: string;
    };
    result: {
      grants: Grant[];
    };
  };
  /** Lists the categories that commands can have. */
  "category.list": {
    params: Record<string, never>;
    result: {
      categories: Category[];
    };
  };
  /** Asks someone to become a contact. The answer is the same whether or not they see it. */
  "contact.request": {
    params: {
      username: string;
      note?: string | null | undefined;
    };
    result: {
      username: string;
      displayName: string;
      relation: "contact" | "incoming" | "outgoing" | "none";
    };
  };
  /** Accepts a request. */
  "contact.accept": {
    params: {
      username: string;
    };
    result: {
      username: string;
      displayName: string;
      relation: "contact" | "incoming" | "outgoing" | "none";
    };
  };
  /** Declines a request. The other side sees it wait. */
  "contact.decline": {
    params: {
      username: string;
    };
    result: {
      username: string;
      displayName: string;
      relation: "contact" | "incoming" | "outgoing" | "none";
    };
  };
  /** Removes a contact, on both sides. */
  "contact.remove": {
    params: {
      username: string;
    };
    result: {
      username: string;
      displayName: string;
      relation: "contact" | "incoming" | "outgoing" | "none";
    };
  };
  /** Lists contacts and requests. */
  "contact.list": {
    params: Record<string, never>;
    result: {
      contacts: ({
        username: string;
        displayName: string;
        online?: boolean | undefined;
        allows?: string[] | undefined;
        grant?: {
          categories?: Record<string, "allow" | "ask" | "block"> | undefined;
          kinds?: string[] | undefined;
          hours?: ({
            days?: ("mo" | "tu" | "we" | "th" | "fr" | "sa" | "su")[] | undefined;
            from: string;
            to: string;
          })[] | undefined;
          perDay?: number | undefined;
          open?: number | undefined;
          until: string | null;
        } | undefined;
      })[];
      incoming: ({
        username: string;
        displayName: string;
        note: string | null;
        createdAt: string;
      })[];
      outgoing: ({
        username: string;
        displayName: string;
        note: string | null;
        createdAt: string;
      })[];
    };
  };
  /** Lists the caller's groups and invitations. */
  "group.list": {
    params: Record<string, never>;
    result: {
      groups: ({
        name: string;
        title: string;
        role: "owner" | "sender" | "member";
        since: string | null;
        members: number;
      })[];
      invitations: ({
        name: string;
        title: string;
        role: "owner" | "sender" | "member";
        since: string | null;
        members: number;
      })[];
    };
  };
  /** Accepts an invitation to a group. */
  "group.accept": {
    params: {
      group: string;
    };
    result: {
      name: string;
      title: string;
      role: "owner" | "sender" | "member" | null;
      accepted: boolean;
    };
  };
  /** Leaves a group, or declines its invitation. */
  "group.leave": {
    params: {
      group: string;
    };
    result: {
      name: string;
      title: string;
      role: "owner" | "sender" | "member" | null;
      accepted: boolean;
    };
  };
  /** Lists the caller's notices, newest first. */
  "notice.list": {
    params: {
      before?: string | undefined;
      limit?: number | undefined;
    };
    result: {
      notices: Notice[];
      unread: number;
      next: string | null;
    };
  };
  /** Marks notices as read, all of them without ids. */
  "notice.read": {
    params: {
      ids?: string[] | undefined;
    };
    result: {
      unread: number;
    };
  };
  /** Reports a person, command, message, file or group to the moderators. The person reported is not told who reported. */
  "report.create": {
    params: {
      about: {
        user?: string | undefined;
        command?: string | undefined;
        message?: string | undefined;
        file?: string | undefined;
        group?: string | undefined;
      };
      reason: "danger" | "threat" | "intimate" | "illegal" | "harassment" | "sexual" | "impersonation" | "spam" | "wrong_category" | "other";
      note?: string | null | undefined;
      block?: true | undefined;
    };
    result: {
      report: {
        id: string;
        about: {
          user?: string | undefined;
          command?: string | undefined;
          message?: string | undefined;
          file?: string | undefined;
          group?: string | undefined;
        };
        reason: "danger" | "threat" | "intimate" | "illegal" | "harassment" | "sexual" | "impersonation" | "spam" | "wrong_category" | "other";
        note: string | null;
        createdAt: string;
        outcome: "acted" | "none" | null;
        decidedAt: string | null;
      };
    };
  };
  /** Lists the caller's reports and what came of them. */
  "report.list": {
    params: {
      before?: string | undefined;
      limit?: number | undefined;
    };
    result: {
      reports: ({
        id: string;
        about: {
          user?: string | undefined;
          command?: string | undefined;
          message?: string | undefined;
          file?: string | undefined;
          group?: string | undefined;
        };
        reason: "danger" | "threat" | "intimate" | "illegal" | "harassment" | "sexual" | "impersonation" | "spam" | "wrong_category" | "other";
        note: string | null;
        createdAt: string;
        outcome: "acted" | "none" | null;
        decidedAt: string | null;
      })[];
      next: string | null;
    };
  };
  /** Lists the caller's sanctions in force. */
  "sanction.list": {
    params: Record<string, never>;
    result: {
      sanctions: OwnSanction[];
    };
  };
  /** Marks a warning as read. */
  "sanction.read": {
    params: {
      id: string;
    };
    result: {
      sanctions: OwnSanction[];
    };
  };
  /** Appeals against a sanction, once. Another moderator decides. */
  "sanction.appeal": {
    params: {
      text: string;
      id: string;
    };
    result: {
      sanctions: OwnSanction[];
    };
  };
  /** Stops everything: nothing is delivered to any device of the person after the answer, until safety.resume. */
  "safety.stop": {
    params: Record<string, never>;
    result: {
      stopped: true;
      since: string;
    };
  };
  /** Ends a stop. What waited is delivered as the preferences say. */
  "safety.resume": {
    params: {
      confirm: true;
    };
    result: {
      stopped: false;
    };
  };
}

/** Every notification of the server. */
export interface Notifications {
  /** The first frame: who is connected, the heartbeat, where this device is, and the limits to keep. An access token without read or receive gets no cursor, no count and no sanctions. */
  "session.ready": {
    protocol: 1;
    user: User;
    device: string;
    connection: string;
    heartbeat: {
      intervalMs: number;
      misses: 3;
    };
    serverTime: string;
    sessionExpiresAt: string;
    cursor: string | null;
    pending: number;
    stopped: boolean;
    sanctions?: OwnSanction[] | undefined;
    limits: {
      frameBytes: number;
      title: number;
      body: number;
      dataBytes: number;
      categories: number;
      attachments: number;
      recipients: number;
      window: number;
      requestsPerSecond: number;
      sendsPerMinute: number;
      retentionDays: number;
      uploadBytes: number;
    };
  };
  /** The session was renewed; the connection goes on until the new end. */
  "session.renewed": {
    sessionExpiresAt: string;
  };
  /** A session ended, as an old credential of it was used again. */
  "session.misused": {
    id: string;
    device: string;
    agent: {
      browser: string;
      system: string;
    } | null;
    address: string;
    at: string;
  };
  /** The connection ends now, with this code; reconnect says whether to come back. */
  "session.closing": {
    code: number;
    reconnect: boolean;
  };
  /** Delivers commands in order. The same command can come again: drop the ones already seen, by id. Acknowledge the last cursor with inbox.ack. */
  "command.deliver": {
    deliveries: Delivery[];
  };
  /** A command changed: a state, totals, or a cancellation. */
  "command.changed": {
    id: string;
    state?: CommandState | undefined;
    recipient?: string | undefined;
    note?: string | null | undefined;
    answer?: GivenAnswer | undefined;
    startedAt?: string | undefined;
    review?: {
      accept: boolean;
      note: string | null;
      at: string;
    } | undefined;
    until?: string | null | undefined;
    totals?: Totals | undefined;
    command?: SealedCommand | Command | undefined;
    at: string;
  };
  /** Delivers a chat message. It can come again: drop the ones already seen, by id. */
  "chat.message": {
    cursor: string;
    message: ChatMessage;
  };
  /** A talk changed: read, withdrawn, or someone is writing. */
  "chat.changed": {
    with: string;
    thread: string | null;
    readUpTo?: string | undefined;
    theirReadUpTo?: string | undefined;
    writing?: true | undefined;
  };
  /** A deadline comes near, and the person has not completed the command yet. */
  "command.due": {
    id: string;
    dueAt: string;
  };
  /** A file of the person was checked, or changed its state. */
  "file.changed": File;
  /** The preferences were changed on another device. */
  "preferences.changed": Preferences;
  /** The grants in force changed. */
  "grant.changed": {
    grants: Grant[];
  };
  /** A contact or a request changed. */
  "contact.changed": {
    username: string;
    displayName: string;
    relation: "contact" | "incoming" | "outgoing" | "none";
  };
  /** A group or an invitation changed. */
  "group.changed": {
    name: string;
    title: string;
    role: "owner" | "sender" | "member" | null;
    accepted: boolean;
  };
  /** A notice was added. */
  "notice.new": {
    notice: Notice;
    unread: number;
  };
  /** Notices were read on another device. */
  "notice.changed": {
    unread: number;
  };
  /** One of the caller's reports was decided, or its decision undone. */
  "report.changed": {
    report: {
      id: string;
      about: {
        user?: string | undefined;
        command?: string | undefined;
        message?: string | undefined;
        file?: string | undefined;
        group?: string | undefined;
      };
      reason: "danger" | "threat" | "intimate" | "illegal" | "harassment" | "sexual" | "impersonation" | "spam" | "wrong_category" | "other";
      note: string | null;
      createdAt: string;
      outcome: "acted" | "none" | null;
      decidedAt: string | null;
    };
  };
  /** The sanctions in force changed. */
  "sanction.changed": {
    sanctions: OwnSanction[];
  };
  /** The person stopped or resumed on another device. */
  "safety.changed": {
    stopped: boolean;
    since: string | null;
  };
}
