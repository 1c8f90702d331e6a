using QuantGen.Kernels;

namespace QuantGen.Trainable;

/// <summary>Runs <see cref="MatrixProduct"/> on the lanes of this processor.</summary>
internal static class LaneProduct
{
    public static void Run(in ProductRows a, int rows, int depth, ref float panels, int columns, ref float c, nint cStride, bool accumulate)
    {
        if (LanesChoice.Use512)
        {
            MatrixProduct.Run<Lanes512>(a, rows, depth, ref panels, columns, ref c, cStride, accumulate);
        }
        else if (LanesChoice.Use256)
        {
            MatrixProduct.Run<Lanes256>(a, rows, depth, ref panels, columns, ref c, cStride, accumulate);
        }
        else if (LanesChoice.Use128)
        {
            MatrixProduct.Run<Lanes128>(a, rows, depth, ref panels, columns, ref c, cStride, accumulate);
        }
        else
        {
            MatrixProduct.Run<LanesScalar>(a, rows, depth, ref panels, columns, ref c, cStride, accumulate);
        }
    }
}
