using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Formats;
using Gatehouse.Tests.Billing.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What tests of the kinds ask for and are told. The time is the one of the vectors, 2026-01-01 00:00 UTC.</summary>
internal static class Payments
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1767225600);

    /// <summary>Key pairs of ours and of a gateway, in bare base64 of PKCS #8 and SPKI.</summary>
    public static readonly (string Private, string Public) Ours = Signatures.NewPair(), Theirs = Signatures.NewPair();

    public static readonly PaymentRequest Request = new("GH20260101000001", 1250, "CNY", "VIP 会员+1", "https://shop.example/pay/epay/3/notify", "https://shop.example/orders/1", Now.AddMinutes(30));

    public static Dictionary<string, string> Values(params (string Name, string Value)[] values) => values.ToDictionary(v => v.Name, v => v.Value);

    public static GatewayCall Call(Dictionary<string, string> values, PaymentRequest? payment = null, RefundRequest? refund = null) => new(values, payment ?? Request, Now, refund);

    /// <summary>What the browser is sent to at once.</summary>
    public static PaymentPrompt Prompt(this GatewayKind kind, GatewayCall call) => Assert.IsType<GatewayStart.Local>(kind.Start!.With(call.Values)).Prompt(call);

    /// <summary>The call that asks for the money.</summary>
    public static GatewayQuestion<StartReading> Question(this GatewayKind kind, GatewayCall call) => Assert.IsType<GatewayStart.Remote>(kind.Start!.With(call.Values)).Question;

    public static ChannelReply Reply(string body, int status = 200) => new(status, body);

    /// <summary>Fields of a query or form, by their names.</summary>
    public static Dictionary<string, string> Fields(string text) => QueryHelpers.ParseQuery(text).ToDictionary(f => f.Key, f => f.Value.ToString());

    /// <summary>The checks as a text, <c>signature</c> or <c>-signature</c> where it did not hold.</summary>
    public static string Checks(this CallbackReading reading) => string.Join(' ', reading.Checks.Select(c => c.Held ? c.Name : "-" + c.Name));

    public static string Form(IEnumerable<KeyValuePair<string, string>> fields) => string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));
}
