using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Brands;

/// <summary>Pictures of sites, in the database: every node has them, and every backup.</summary>
internal static class BrandFiles
{
    /// <summary>Keeps the picture as the only one of the tenant; null: none.</summary>
    public static async ValueTask Keep(WriteTx s, string tenant, BrandImage? image, long now)
    {
        await s.Execute("DELETE FROM brand_files WHERE tenant_id = @tenant", ("tenant", tenant));
        if (image is not null)
            await s.Execute("INSERT INTO brand_files (tenant_id, name, content, created_at) VALUES (@tenant, @name, @content, @now)",
                ("tenant", tenant), ("name", image.Name), ("content", Convert.ToBase64String(image.Content)), ("now", now));
    }

    /// <summary>The picture of that name, whoever's: the name is what is in it, and it is there for everybody to see.</summary>
    public static async ValueTask<byte[]?> Find(ReadTx s, string name) =>
        await s.One("SELECT content FROM brand_files WHERE name = @name ORDER BY tenant_id LIMIT 1", r => r.GetString(0), ("name", name)) is { } content ? Convert.FromBase64String(content) : null;
}
