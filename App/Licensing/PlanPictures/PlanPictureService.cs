using System.Text.Json.Serialization;
using Gatehouse.Accounts.Brands;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.PlanPictures;

/// <param name="Picture">A PNG, JPEG or WebP in Base64; empty: none.</param>
public sealed record PlanPictureBody(string? Picture = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PlanPictureBody))]
internal sealed partial class PlanPictureJson : JsonSerializerContext;

/// <summary>The picture of a plan, in the database: every node has it, and every backup.</summary>
public sealed class PlanPictureService(PlanService plans, AuditWriter audit, TimeProvider clock)
{
    /// <summary>In bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>As Base64, with a little more for what is around it.</summary>
    public const int MaxBody = MaxBytes / 3 * 4 + 64 * 1024;

    /// <summary>Makes it the picture of the plan.</summary>
    /// <param name="picture">In Base64; empty: none.</param>
    /// <exception cref="Refusal">404, 409 PLAN_RETIRED, or 422 on <c>picture</c>.</exception>
    public async ValueTask<Plan> Set(WriteTx s, Caller who, string id, string? picture)
    {
        var before = await plans.Get(s, who.TenantId, id);
        if (before.RetiredAt is not null)
            throw new Refusal(PlanErrors.Retired);
        var image = string.IsNullOrEmpty(picture) ? null : Read(picture) ?? throw Refusal.Field("picture", "field.picture", MaxBytes / 1024 / 1024, BrandImage.MaxSide);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await s.Execute("DELETE FROM plan_pictures WHERE tenant_id = @tenant AND plan_id = @plan", ("tenant", who.TenantId), ("plan", id));
        if (image is not null)
            await s.Execute("INSERT INTO plan_pictures (plan_id, tenant_id, name, content, created_at) VALUES (@plan, @tenant, @name, @content, @now)",
                ("plan", id), ("tenant", who.TenantId), ("name", image.Name), ("content", Convert.ToBase64String(image.Content)), ("now", now));
        await s.Execute("UPDATE plans SET updated_at = @now WHERE tenant_id = @tenant AND id = @plan", ("now", now), ("tenant", who.TenantId), ("plan", id));
        var after = await plans.Get(s, who.TenantId, id);
        await audit.Write(s, who, "plan.changed", PlanService.Target(after), Plan.Fields.Json(before), Plan.Fields.Json(after));
        return after;
    }

    /// <summary>What a form sent, for <see cref="Set"/>.</summary>
    public static async Task<string> Sent(IFormCollection form, CancellationToken ct)
    {
        if (form.Files.GetFile("picture") is not { } file)
            return form["picture"].ToString();
        if (file.Length > MaxBytes)
            return "?";
        var bytes = new byte[file.Length];
        await using var content = file.OpenReadStream();
        await content.ReadExactlyAsync(bytes, ct);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The picture of that name; null: the tenant has none.</summary>
    internal static async ValueTask<byte[]?> Find(ReadTx s, string tenant, string name) =>
        await s.One("SELECT content FROM plan_pictures WHERE tenant_id = @tenant AND name = @name LIMIT 1", r => r.GetString(0), ("tenant", tenant), ("name", name)) is { } content ? Convert.FromBase64String(content) : null;

    private static BrandImage? Read(string picture)
    {
        var bytes = new byte[MaxBytes + 1];
        return Convert.TryFromBase64String(picture, bytes, out var length) ? BrandImage.Of(bytes[..length], MaxBytes) : null;
    }
}
