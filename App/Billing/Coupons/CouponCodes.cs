using System.Text.Json;
using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Coupons;

/// <summary>Codes as clients send them.</summary>
public static class CouponCodes
{
    private static readonly char[] Between = [',', '\uff0c', ';', '\n'];

    /// <summary>Of one text, or of an array of texts.</summary>
    /// <exception cref="Refusal">422 on <c>coupon</c>: it is neither.</exception>
    public static IReadOnlyList<string> Of(JsonElement? sent) => sent switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => [],
        { ValueKind: JsonValueKind.String } text => Of(Text(text)),
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().SelectMany(e => e.ValueKind == JsonValueKind.String ? Of(Text(e)) : throw Wrong())],
        _ => throw Wrong(),
    };

    /// <summary>Of what was typed into one field.</summary>
    public static IReadOnlyList<string> Of(string? typed) => (typed ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // Half of a surrogate pair is no text.
    private static string Text(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong();
        }
    }

    private static Refusal Wrong() => Refusal.Field("coupon", "field.wrong_type");
}
