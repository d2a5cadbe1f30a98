using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Notices;

/// <summary>Takes what is to be told into the outbox: whoever tells it waits for no channel, and locks none.</summary>
public sealed class NoticeBoard(OutboxStore outbox) : INotices
{
    internal const string Topic = "notice";

    public async ValueTask Tell(WriteTx tx, string tenant, NoticeKind kind, Message what, string? dedupeKey = null)
    {
        if (await NoticeStore.AnyChannel(tx, tenant, null))
            await Add(tx, tenant, new(kind.Name, kind.Severity, what.ToStored(), null), dedupeKey);
    }

    public ValueTask TellCustomers(WriteTx tx, string tenant, NoticeKind kind, Message what, string? dedupeKey = null) =>
        TellCustomer(tx, tenant, WaitingNotice.All, kind, what, dedupeKey);

    public async ValueTask TellCustomer(WriteTx tx, string tenant, string account, NoticeKind kind, Message what, string? dedupeKey = null)
    {
        if (await NoticeStore.AnyChannel(tx, tenant, account))
            await Add(tx, tenant, new(kind.Name, kind.Severity, what.ToStored(), account), dedupeKey is null ? null : $"{account}:{dedupeKey}");
    }

    private ValueTask Add(WriteTx tx, string tenant, WaitingNotice notice, string? dedupeKey) =>
        outbox.Add(tx, tenant, Topic, JsonSerializer.Serialize(notice, NoticeJson.Default.WaitingNotice), dedupeKey is null ? Ids.New() : $"{notice.Kind}:{dedupeKey}",
            new OutboxLabel(new Message("notice." + notice.Kind)) { Account = notice.Account == WaitingNotice.All ? null : notice.Account });
}

/// <summary>Something to tell as it waits in the outbox.</summary>
/// <param name="Account">Null: the staff.</param>
internal sealed record WaitingNotice(string Kind, string Severity, string What, string? Account)
{
    /// <summary>As an account: every customer.</summary>
    public const string All = "*";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WaitingNotice))]
internal sealed partial class NoticeJson : JsonSerializerContext;
