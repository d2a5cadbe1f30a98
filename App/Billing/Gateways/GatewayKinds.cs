using Gatehouse.Accounts.Brands;

namespace Gatehouse.Billing.Gateways;

/// <summary>All kinds of payment channels there are.</summary>
public static class GatewayKinds
{
    /// <summary>The field of <see cref="Offline"/> that holds a picture.</summary>
    public const string Picture = "picture";

    private const string PictureStart = "data:image/", PictureMark = ";base64,";

    /// <summary>A bank account, or a code of one's own to scan: the operator's words and a picture, and staff who look whether the money came.</summary>
    public static readonly GatewayKind Offline = new("offline", null,
        [
            new("words") { Lines = true, MaxLength = 2000 },
            new(Picture, v => Checked(v) is null ? "payments.wrong.picture" : null) { Optional = true, MaxLength = BrandImage.MaxBytes * 4 / 3 + 100 },
        ])
    {
        Start = new GatewayStart.Local(c => new("none") { Words = c["words"], Picture = c[Picture].Length == 0 ? null : c[Picture] }),
    };

    /// <summary>What the person has with us already.</summary>
    public static readonly GatewayKind Balance = new("balance", null, []);

    /// <summary>In the order in which they are offered.</summary>
    public static readonly IReadOnlyList<GatewayKind> All = [Epay.V1, EpayV2.Kind, Stripe.Kind, Alipay.Kind, Usdt.Bepusdt, Usdt.Epusdt, Usdt.TokenPay, Offline, Balance];

    private static readonly Dictionary<string, GatewayKind> ByName = All.ToDictionary(k => k.Name);

    /// <summary>The kind of that name; null when this version knows none.</summary>
    public static GatewayKind? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>A picture as <see cref="Offline"/> keeps it; null when it is none that would do.</summary>
    public static string? PictureOf(byte[] content) => BrandImage.Of(content) is { } image ? $"data:{BrandImage.MediaType(image.Name)}{PictureMark}{Convert.ToBase64String(image.Content)}" : null;

    // By what is in it, whatever it says of itself.
    private static string? Checked(string address)
    {
        var at = address.IndexOf(PictureMark, StringComparison.Ordinal);
        if (!address.StartsWith(PictureStart, StringComparison.Ordinal) || at < 0)
            return null;
        var bytes = new byte[address.Length];
        return Convert.TryFromBase64String(address[(at + PictureMark.Length)..], bytes, out var length) && PictureOf(bytes[..length]) is { } picture && picture == address ? picture : null;
    }
}
