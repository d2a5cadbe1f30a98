using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Gatehouse.Platform.Web.Shell;

/// <summary>An icon that stands beside a word.</summary>
public sealed class Icon : ComponentBase
{
    /// <summary>
    /// One of: activity alert auto back ban book box calendar cash check clock copy device dots down download edit file filter
    /// history home info key keyboard language lock logout menu moon out play plus printer refresh search server settings shield
    /// sun tag token trash upload user users x.
    /// </summary>
    [Parameter, EditorRequired] public string Name { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, IconSet.Svg(Name));
}
