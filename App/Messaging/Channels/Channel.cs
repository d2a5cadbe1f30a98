using System.Text.Json.Serialization;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Messaging.Channels;

/// <summary>A place where people are told things: a robot in a group chat, a phone, a webhook.</summary>
[JsonConverter(typeof(ChannelConverter))]
public sealed record Channel
{
    public const int MaxName = 60;

    /// <summary>All that is known of a channel, declared once. Of its secrets the names alone are shown.</summary>
    public static readonly Fields<Channel> Fields = new Fields<Channel>("channels", "c")
        .Text("id", c => c.Id, (c, v) => c with { Id = v }, use: FieldUse.Shown | FieldUse.Inserted)
        .Text("kind", c => c.Kind, (c, v) => c with { Kind = v }, CheckKind, FieldUse.Set | FieldUse.Shown | FieldUse.Inserted)
        .Text("name", c => c.Name, (c, v) => c with { Name = v }, (check, field, v) => check.Text(field, v, 1, MaxName))
        .Flag("enabled", c => c.Enabled, (c, v) => c with { Enabled = v })
        .Json("settings", c => c.Settings, (c, v) => c with { Settings = ChannelValues.Overlaid(c.Settings, v) }, ChannelValues.Check, ChannelValues.Input)
        .Json("secrets", c => c.Secrets, (c, v) => c with { Secrets = v }, null, null, FieldUse.Shown | FieldUse.Stored)
        .Text("language", c => c.Language, (c, v) => c with { Language = v }, use: FieldUse.Stored)
        .Text("sealed_secrets", c => c.SealedSecrets, (c, v) => c with { SealedSecrets = v }, use: FieldUse.Stored)
        .Json("events", c => c.Events, (c, v) => c with { Events = ChannelEvents.Overlaid(c.Events, v) }, ChannelEvents.Check, null)
        .Time("created_at", c => c.CreatedAt, (c, v) => c with { CreatedAt = v }, FieldUse.Shown | FieldUse.Inserted)
        .Time("updated_at", c => c.UpdatedAt, (c, v) => c with { UpdatedAt = v }, FieldUse.Shown | FieldUse.Stored)
        .TimeOrNull("last_at", c => c.LastAt, (c, v) => c with { LastAt = v }, FieldUse.Shown)
        .Flag("last_ok", c => c.LastOk, (c, v) => c with { LastOk = v }, FieldUse.Shown)
        .Text("last_answer", c => c.LastAnswer.Length == 0 ? "" : Localizer.For("en")[Message.Parse(c.LastAnswer)], (c, v) => c with { LastAnswer = v }, use: FieldUse.Shown);

    /// <summary>What the audit log keeps: no number and no address of anybody.</summary>
    public static readonly Fields<Channel> Audited = Fields.Part("id", "kind", "name", "enabled", "secrets", "events");

    public string Id { get; init; } = "";

    /// <summary>A name of <see cref="ChannelKinds"/>; it stays.</summary>
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
    public bool Enabled { get; init; } = true;

    /// <summary>JSON of its values that are no secrets; on its way in, of those as well.</summary>
    public string Settings { get; init; } = "{}";

    /// <summary>JSON of the names of its secrets that are set.</summary>
    public string Secrets { get; init; } = "[]";
    public string SealedSecrets { get; init; } = "";

    /// <summary>Of what is said there; empty: as the tenant has set it.</summary>
    public string Language { get; init; } = "";

    /// <summary>JSON: kinds of notices that are to come or not, see <see cref="ChannelEvents"/>.</summary>
    public string Events { get; init; } = "{}";
    public long CreatedAt { get; init; }
    public long UpdatedAt { get; init; }

    /// <summary>When something was last sent, or tried.</summary>
    public long? LastAt { get; init; }
    public bool LastOk { get; init; }

    /// <summary>What the other side said then, as a stored message.</summary>
    public string LastAnswer { get; init; } = "";

    /// <summary>Null when this version does not know its kind.</summary>
    public ChannelKind? Format => ChannelKinds.Find(Kind);

    private static string CheckKind(FieldChecks check, string field, string kind)
    {
        if (ChannelKinds.Find(kind) is null)
            check.Wrong(field, "field.one_of", string.Join(", ", ChannelKinds.All.Select(k => k.Name)));
        return kind;
    }
}

internal sealed class ChannelConverter() : FieldsConverter<Channel>(Channel.Fields);

/// <summary>A channel as clients send it, whole or in part: described by its fields.</summary>
public sealed record ChannelInput;

public sealed record ChannelResponse(bool Success, Channel Channel);

public sealed record ChannelList(bool Success, IReadOnlyList<Channel> Items, string? Next);

public sealed record ChannelRemoved(bool Success, string Id);

/// <param name="Answer">The other side's own.</param>
public sealed record ChannelTested(bool Success, string Answer);

/// <summary>What the audit log keeps of a test.</summary>
public sealed record ChannelTestAudit(bool Sent, string Answer);

/// <summary>JSON of channels. Clients' bodies are read by <see cref="Channel.Fields"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChannelInput))]
[JsonSerializable(typeof(ChannelResponse))]
[JsonSerializable(typeof(ChannelList))]
[JsonSerializable(typeof(ChannelRemoved))]
[JsonSerializable(typeof(ChannelTested))]
[JsonSerializable(typeof(ChannelTestAudit))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ChannelJson : JsonSerializerContext;
