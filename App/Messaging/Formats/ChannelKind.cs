namespace Gatehouse.Messaging.Formats;

/// <summary>
/// A kind of channel, as data: what it has to know, how it says a text, and how it tells what became of it. Formats, limits and codes are
/// the vendors' own.
/// </summary>
/// <param name="Name">Stable; its words are <c>channels.kind.NAME</c>, and how to find its values <c>channels.kind.NAME.help</c>.</param>
/// <param name="Write">The request that says the text.</param>
/// <param name="Judge">What the answer to it means: many vendors refuse with 200.</param>
public sealed record ChannelKind(string Name, IReadOnlyList<ChannelField> Fields, Func<ChannelCall, ChannelRequest> Write, Func<ChannelCall, ChannelReply, ChannelVerdict> Judge)
{
    /// <summary>The least time between two messages on one channel.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Customers may have one of their own: what it sends costs the operator nothing.</summary>
    public bool ForCustomers { get; init; }

    /// <summary>Each message costs money: unless it is said otherwise, only what is serious goes there.</summary>
    public bool Costs { get; init; }

    /// <summary>For kinds that sign in first.</summary>
    public ChannelSignIn? SignIn { get; init; }

    /// <summary>It is handed to the mail server, not to a web service.</summary>
    public bool IsMail { get; init; }

    /// <summary>The field of that name; null when it has none.</summary>
    public ChannelField? Field(string name) => Fields.FirstOrDefault(f => f.Name == name);
}

/// <summary>Something that a kind of channel has to know. Its words are <c>channels.field.NAME</c>.</summary>
/// <param name="Fault">The key of what is wrong with a value, null when nothing is; asked with the value as <see cref="Normal"/> has made it.</param>
public sealed record ChannelField(string Name, Func<string, string?>? Fault = null)
{
    /// <summary>It is sealed where it is stored, and shown to nobody.</summary>
    public bool Secret { get; init; }

    public bool Optional { get; init; }

    /// <summary>Seldom needed: pages keep it out of the way.</summary>
    public bool Rare { get; init; }

    /// <summary>In characters.</summary>
    public int MaxLength { get; init; } = 300;

    /// <summary>May it have several lines?</summary>
    public bool Lines { get; init; }

    /// <summary>In force where nothing is given.</summary>
    public string Default { get; init; } = "";

    /// <summary>What it looks like.</summary>
    public string Example { get; init; } = "";

    /// <summary>What may be chosen, where it is a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What is kept of a value as it was given, such as the key in an address that was pasted whole.</summary>
    public Func<string, string>? Normal { get; init; }
}

/// <summary>A token that a kind needs beside its values, and how it is had.</summary>
/// <param name="Key">What the token is kept under.</param>
/// <param name="Read">The token and how many seconds it is good; null when the answer is none, which <see cref="Judge"/> explains.</param>
/// <param name="IsStale">Does the answer to a message say that the token is no longer good?</param>
public sealed record ChannelSignIn(Func<ChannelCall, string> Key, Func<ChannelCall, ChannelRequest> Write, Func<ChannelReply, (string Token, long Seconds)?> Read,
    Func<ChannelCall, ChannelReply, ChannelVerdict> Judge, Func<ChannelReply, bool> IsStale);

/// <summary>One text for one channel.</summary>
/// <param name="Id">The same at each try of one message.</param>
/// <param name="Token">Of <see cref="ChannelKind.SignIn"/>.</param>
public sealed record ChannelCall(IReadOnlyDictionary<string, string> Values, ChannelText Text, DateTimeOffset Now, string Id, string Token = "")
{
    /// <summary>A value; empty where it is not given.</summary>
    public string this[string name] => Values.GetValueOrDefault(name, "");

    /// <summary>The value of <c>base_url</c> without a slash at its end, or what is usual.</summary>
    public string Base(string usual) => (this["base_url"] is { Length: > 0 } own ? own : usual).TrimEnd('/');
}

/// <summary>A request as it goes out.</summary>
/// <param name="ContentType">Of the body; empty where there is none.</param>
public sealed record ChannelRequest(string Method, string Url, string Body = "", string ContentType = "", params (string Name, string Value)[] Headers);

/// <summary>What came back.</summary>
/// <param name="RetryAfter">The header of that name.</param>
public sealed record ChannelReply(int Status, string Body, TimeSpan? RetryAfter = null)
{
    public bool Succeeded => Status is >= 200 and < 300;
}
