using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Tests.Support;

/// <summary>What the features declare, for tests without a server.</summary>
internal static class Declared
{
    public static PermissionCatalogue Permissions { get; } = new(Program.Features.SelectMany(f => f.Permissions));

    public static ErrorCatalogue Errors { get; } = new(Program.Features.SelectMany(f => f.ErrorCodes));

    public static SiteShell Shell { get; } = new(Program.Features.SelectMany(f => f.Navigation), Program.Features.SelectMany(f => f.PublicNavigation),
        Program.Features.SelectMany(f => f.AccountNavigation), Program.Features.SelectMany(f => f.HomeGuides), Program.Features.SelectMany(f => f.StyleSheets));

    /// <summary>The names of what a role may do, in their order.</summary>
    public static IEnumerable<string> Of(Role role) => Permissions.All.Where(p => Permissions.Of(role).Contains(p)).Select(p => p.Name);
}
